"""Parts of messages of people, until they are whole."""

from odoo import api, fields, models

from ..core.incoming import joined

#: Hours after which the missing part of a message is not waited for any more.
_WAIT_HOURS = 12
_KEY = ("gateway_id", "sender", "recipient", "reference", "part_count")


class SmsIncomingPart(models.Model):
    _name = "sms.incoming.part"
    _description = "Part of an Incoming SMS That Waits for the Others"
    _rec_name = "sender"
    _order = "id"
    _log_access = False

    gateway_id = fields.Many2one("sms.gateway", ondelete="set null")
    sender = fields.Char(required=True)
    recipient = fields.Char()
    text = fields.Text()
    received_at = fields.Datetime(required=True, index=True)
    reference = fields.Integer(required=True)
    part_count = fields.Integer(required=True)
    number = fields.Integer(required=True)

    _message_idx = models.Index("(gateway_id, sender, reference)")

    @api.model
    def _take(self, gateway_id, received, now):
        """Keep one part, and make a message of it once all are there."""
        part = received.part
        values = self._message_key(gateway_id, received)
        others = self.search([(name, "=", value or False) for name, value in values.items()])
        same = others.filtered(lambda one: one.number == part.number)
        if same and (same[0].text or "") == received.text:
            # The gateway did not hear that it is kept.
            return
        if same:
            # The number of an older message, used again.
            others._become_message()
            others = self.browse()
        others += self.create(
            {**values, "number": part.number, "text": received.text, "received_at": now}
        )
        if len(others) == part.total:
            others._become_message()

    @api.model
    def _message_key(self, gateway_id, received):
        """Return what is the same in all parts of a message: ``{field: value}``."""
        values = (
            gateway_id,
            received.sender or "?",
            received.recipient,
            received.part.reference,
            received.part.total,
        )
        return dict(zip(_KEY, values, strict=True))

    def _become_message(self):
        """Make a message of parts of one, and forget them."""
        first = self[0]
        texts = {one.number: one.text or "" for one in self}
        self.env["sms.incoming"]._create_surely(
            [
                {
                    "gateway_id": first.gateway_id.id,
                    "sender": first.sender,
                    "recipient": first.recipient,
                    "text": joined(texts, first.part_count),
                    "received_at": min(self.mapped("received_at")),
                    "part_count": first.part_count,
                }
            ]
        )
        self.unlink()

    @api.autovacuum
    def _gc_parts(self):
        """Show what there is of messages whose other parts never came."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=_WAIT_HOURS)
        old = self.sudo().search([("received_at", "<", limit)])
        for group in old.grouped(lambda one: tuple(one[name] for name in _KEY)).values():
            group._become_message()
