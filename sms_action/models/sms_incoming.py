"""Messages of people, kept so that none is lost. What is done about them is up to rules."""

import logging

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.models.server_action_upsert_lock import key_hash

_logger = logging.getLogger(__name__)


class SmsIncoming(models.Model):
    _name = "sms.incoming"
    _description = "Incoming SMS"
    _rec_name = "sender"
    _order = "received_at desc, id desc"

    sender = fields.Char(string="From", required=True, readonly=True, index=True)
    recipient = fields.Char(string="To", readonly=True)
    text = fields.Text(readonly=True)
    gateway_id = fields.Many2one(
        "sms.gateway",
        string="Gateway",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    part_count = fields.Integer(string="Parts", readonly=True, default=1, aggregator="sum")
    provider_id = fields.Char(
        string="Gateway's ID",
        readonly=True,
        help="The gateway's own, by which it is known when it is handed over again.",
    )

    _again_idx = models.Index("(provider_id, gateway_id) WHERE provider_id IS NOT NULL")

    @api.model
    def _take(self, gateway_id, messages):
        """Keep messages; one of several parts once it is whole.

        :param messages: list of :class:`..core.incoming.Received`
        """
        now = fields.Datetime.now()
        self._take_turns(gateway_id, messages)
        ids = [one.provider_id for one in messages if one.provider_id]
        known = self.search([("provider_id", "in", ids), ("gateway_id", "=", gateway_id)])
        known = set(known.mapped("provider_id"))
        whole = [one for one in messages if one.part is None and one.provider_id not in known]
        self._create_surely(
            [
                {
                    "gateway_id": gateway_id,
                    "sender": one.sender or "?",
                    "recipient": one.recipient,
                    "text": one.text,
                    "received_at": now,
                    "provider_id": one.provider_id or False,
                }
                for one in whole
            ]
        )
        for one in messages:
            if one.part is not None:
                self.env["sms.incoming.part"]._take(gateway_id, one, now)

    def _take_turns(self, gateway_id, messages):
        """Have a transaction begin anew that cannot see what another one keeps right now.

        Gateways hand over the parts of one message, or the same one twice, at the very same moment.
        """
        parts = self.env["sms.incoming.part"]
        keys = {
            key_hash(self._name, gateway_id, one.provider_id)
            for one in messages
            if one.provider_id and one.part is None
        }
        keys |= {
            key_hash(parts._name, *parts._message_key(gateway_id, one).values())
            for one in messages
            if one.part is not None
        }
        if keys:
            # Rows of the engine that nobody may write; these say nothing but that they are taken.
            self.env["server.action.upsert.lock"].sudo()._take(keys)

    def _create_surely(self, vals_list):
        """Create messages; one that a rule fails on, without the rules.

        Else the gateway would be told that it is not kept: some deliver it for ever, others never
        again.
        """
        if not vals_list:
            return
        try:
            with self.env.cr.savepoint():
                self.create(vals_list)
        except Exception as error:
            if is_retryable_db_error(error):
                raise
            if len(vals_list) > 1:
                for vals in vals_list:
                    self._create_surely([vals])
                return
            _logger.warning(
                "An SMS that came in by the gateway %s is kept without the rules about it, because "
                "one failed",
                vals_list[0]["gateway_id"],
                exc_info=True,
            )
            self.with_context(automation_skip=True).create(vals_list)
