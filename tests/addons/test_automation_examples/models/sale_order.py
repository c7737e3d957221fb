from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Very High")], default="0", index=True
    )
