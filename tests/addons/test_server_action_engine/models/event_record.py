from odoo import api, fields, models


class TestEventRecord(models.Model):
    _name = "test.event.record"
    _inherit = ["mail.thread"]
    _description = "Record that Changes Itself after super()"

    name = fields.Char()
    note = fields.Char()
    amount = fields.Integer()
    double = fields.Integer(compute="_compute_double", store=True)
    picture = fields.Binary(attachment=False)

    @api.depends("amount")
    def _compute_double(self):
        for record in self:
            record.double = record.amount * 2

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            parent = super(TestEventRecord, record)
            parent.write({"note": f"created {record.name}"})
        return records

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            for record in self:
                super(TestEventRecord, record).write({"note": f"written {record.name}"})
        return result


class TestEventRecordChild(models.Model):
    _name = "test.event.record.child"
    _inherit = ["test.event.record"]
    _description = "Model of its Own that Inherits a Concrete Model"


class TestEventWizard(models.TransientModel):
    _name = "test.event.wizard"
    _description = "Transient Record"

    name = fields.Char()
