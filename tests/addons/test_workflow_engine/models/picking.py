from odoo import fields, models


class TestWkfPicking(models.Model):
    _name = "test.wkf.picking"
    _description = "Picking with a Workflow"

    name = fields.Char()
    state = fields.Char(default="new")
    move_ids = fields.One2many("test.wkf.move", "picking_id")

    def test_assigned(self):
        return all(move.state == "assigned" for move in self.move_ids)


class TestWkfMove(models.Model):
    _name = "test.wkf.move"
    _description = "Move of a Picking with a Workflow"

    picking_id = fields.Many2one("test.wkf.picking")
    state = fields.Char(default="confirmed")

    def action_assign(self):
        self.write({"state": "assigned"})
        return self.trigger_workflow()
