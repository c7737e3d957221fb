from odoo import fields, models


class TestWkfSale(models.Model):
    _name = "test.wkf.sale"
    _description = "Sales Order with a Workflow"

    name = fields.Char()
    state = fields.Char(default="new")
    amount = fields.Float()
    invoice_ids = fields.Many2many("test.wkf.invoice")
    picking_ids = fields.Many2many("test.wkf.picking")

    def action_invoice_create(self):
        invoice = self.env["test.wkf.invoice"].create({"amount": self.amount})
        self.invoice_ids |= invoice
        return invoice.id

    def action_ship_create(self):
        picking = self.env["test.wkf.picking"].create({"move_ids": [(0, 0, {}), (0, 0, {})]})
        self.picking_ids |= picking
        return picking.id

    def action_cancel(self):
        self.invoice_ids.signal_workflow("invoice_cancel")
        return self.write({"state": "cancel"})
