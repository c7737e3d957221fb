from odoo import fields, models


class AuditTrail(models.Model):
    _name = "test.audit.trail"
    _description = "Audit Trail"

    name = fields.Char(required=True)
    res_model = fields.Char()
    res_id = fields.Integer()
    user_id = fields.Many2one("res.users")
    date = fields.Datetime()
