from odoo import api, fields, models


class TestWkfInvoice(models.Model):
    _name = "test.wkf.invoice"
    _description = "Invoice with a Workflow"

    name = fields.Char()
    state = fields.Char(default="new")
    amount = fields.Float()
    payment_ids = fields.One2many("test.wkf.payment", "invoice_id")
    residual = fields.Float(compute="_compute_residual", store=True)

    @api.depends("amount", "payment_ids.amount")
    def _compute_residual(self):
        for invoice in self:
            invoice.residual = invoice.amount - sum(invoice.payment_ids.mapped("amount"))

    def action_number(self):
        return self.write({"name": f"INV/{self.id}", "state": "open"})

    def test_paid(self):
        return self.residual <= 0


class TestWkfPayment(models.Model):
    _name = "test.wkf.payment"
    _description = "Payment of an Invoice with a Workflow"

    invoice_id = fields.Many2one("test.wkf.invoice")
    amount = fields.Float()
