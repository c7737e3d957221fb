"""Odoo's queue of text messages knows their gateways."""

from odoo import fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    gateway_id = fields.Many2one(
        "sms.gateway",
        string="Gateway",
        ondelete="set null",
        help="Gateway to try first. Empty: it is chosen by number and company.",
    )
