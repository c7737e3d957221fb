"""Send one message by one gateway and see what it says."""

from odoo import api, fields, models

from ..core.segments import split


class SmsGatewayTest(models.TransientModel):
    _name = "sms.gateway.test"
    _description = "Send a Test SMS"

    gateway_id = fields.Many2one("sms.gateway", required=True, ondelete="cascade")
    number = fields.Char(
        required=True, default=lambda self: self.env.user.partner_id.phone, help="Yours, mostly."
    )
    text = fields.Text(
        required=True, default=lambda self: self.env._("A test of the SMS gateway of Odoo.")
    )
    part_count = fields.Integer(string="Parts", compute="_compute_part_count")

    @api.depends("text")
    def _compute_part_count(self):
        for wizard in self:
            wizard.part_count = split(wizard.text or "").count

    def action_send(self):
        """Queue the message, send it after the commit, and show what becomes of it."""
        self.ensure_one()
        self.gateway_id.check_access("write")
        company = self.gateway_id.company_ids[:1] or self.env.company
        sms = self.env["sms.sms"].create(
            {
                "number": self.number,
                "body": self.text,
                "gateway_id": self.gateway_id.id,
                "company_id": company.id,
                "partner_id": self.env.user.partner_id.id,
            }
        )
        # The message has its row now, so that it can be shown before it is sent.
        self.env["sms.message"].sudo()._parcels_of(sms)
        sms.send()
        return self.env["sms.message"]._window_action(
            [("uuid", "=", sms.uuid)],
            self.env._("Test of %(gateway)s", gateway=self.gateway_id.name),
        )
