"""Text messages in Odoo's queue may say who they come from, in place of their gateway."""

from odoo import api, fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    sender = fields.Char(
        readonly=True,
        help="Who the message comes from: a number, a short code or a name. Empty: as the gateway "
        "has it.",
    )


class SmsMessage(models.Model):
    _inherit = "sms.message"

    @api.model
    def _parcels_of(self, records):
        parcels = super()._parcels_of(records)
        for sms, parcel in zip(records, parcels, strict=True):
            parcel.sender = sms.sender or ""
        return parcels
