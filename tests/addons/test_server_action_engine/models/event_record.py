from odoo import api, fields, models


class TestEventRecord(models.Model):
    _name = "test.event.record"
    _inherit = ["mail.thread"]
    _description = "Record that Changes Itself after super()"

    name = fields.Char()
    note = fields.Char()
    amount = fields.Integer()
    double = fields.Integer(compute="_compute_double", store=True)
    parent_id = fields.Many2one("test.event.record")
    child_ids = fields.One2many("test.event.record", "parent_id")
    child_count = fields.Integer(compute="_compute_child_count", store=True)
    full_name = fields.Char(compute="_compute_full_name", store=True, recursive=True)
    picture = fields.Binary(attachment=False)

    @api.depends("amount")
    def _compute_double(self):
        for record in self:
            record.double = record.amount * 2

    @api.depends("child_ids")
    def _compute_child_count(self):
        for record in self:
            record.child_count = len(record.child_ids)

    @api.depends("name", "parent_id.full_name")
    def _compute_full_name(self):
        for record in self:
            record.full_name = "/".join(filter(None, (record.parent_id.full_name, record.name)))

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # Computed in the middle of the creation, before the record is complete.
        records.mapped("double")
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
