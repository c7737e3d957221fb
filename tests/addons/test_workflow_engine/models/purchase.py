from odoo import fields, models


class TestWkfPurchase(models.Model):
    _name = "test.wkf.purchase"
    _description = "Purchase Order with a Workflow"

    name = fields.Char()
    state = fields.Char(default="new")
    amount = fields.Float()
    invoice_id = fields.Many2one("test.wkf.invoice")
    picking_id = fields.Many2one("test.wkf.picking")

    def action_invoice_create(self):
        self.invoice_id = self.env["test.wkf.invoice"].create({"amount": self.amount})
        return self.invoice_id.id

    def action_picking_create(self):
        self.picking_id = self.env["test.wkf.picking"].create({"move_ids": [(0, 0, {})]})
        return self.picking_id.id
