"""What a gateway reports about: a message, or each part of it."""

from odoo import api, fields, models

from ..core.delivery import State, advance, of_message
from .sms_message import STATES


class SmsMessagePart(models.Model):
    _name = "sms.message.part"
    _description = "Part of an SMS Message"
    _rec_name = "provider_id"
    _order = "message_id desc, sequence, id"
    _log_access = False

    message_id = fields.Many2one(
        "sms.message", string="Message", readonly=True, ondelete="cascade", index=True
    )
    gateway_id = fields.Many2one("sms.gateway", readonly=True, ondelete="set null")
    sequence = fields.Integer(readonly=True)
    provider_id = fields.Char(string="Gateway's ID", readonly=True)
    state = fields.Selection(STATES, readonly=True, default=State.ACCEPTED.value)
    code = fields.Char(readonly=True, help="Code of the last report.")
    accepted_at = fields.Datetime(string="Accepted", readonly=True)
    reported_at = fields.Datetime(string="Last Report", readonly=True)

    _provider_idx = models.Index("(provider_id, gateway_id)")

    @api.model
    def _insert_parts(self, parts, gateway_id, now):
        """Insert what a gateway has accepted, with the reports that overtook its answer.

        :param parts: list of ``(message id, number, gateway's id, State)``
        :returns: ``{message id: (State, code)}`` of messages whose parts had reports already
        """
        if not parts:
            return {}
        parked = self.env["sms.message.report"]._take(
            gateway_id, [provider_id for _message, _number, provider_id, _state in parts]
        )
        rows, overtaken = [], {}
        for message_id, number, provider_id, state in parts:
            code = None
            for report_state, report_code in parked.get(provider_id, ()):
                state = advance(state, report_state)
                code = report_code or code
                overtaken[message_id] = code or ""
            rows.append(
                (
                    *(message_id, gateway_id, number, provider_id or None, state.value, code),
                    *(now, now if message_id in overtaken else None),
                )
            )
        self.env.cr.execute_values(
            "INSERT INTO sms_message_part (message_id, gateway_id, sequence, provider_id, state, "
            "code, accepted_at, reported_at) VALUES %s",
            rows,
            page_size=len(rows),
        )
        self.invalidate_model()
        self.env["sms.message"].invalidate_model(["part_ids"])
        return {
            id_: (of_message([State(row[4]) for row in rows if row[0] == id_]), code)
            for id_, code in overtaken.items()
        }
