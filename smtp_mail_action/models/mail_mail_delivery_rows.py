"""Deliveries as rows: written by SQL, any number in one statement."""

from odoo import api, models

from odoo.addons.server_action_engine.models.life_rows import insert_rows, update_rows, values_of

from ..core.delivery import BOUNCED, Delivery

#: Columns that change while a message is on its way, with their types.
_LIFE = {
    "state": "varchar",
    "attempts": "int4",
    "due_at": "timestamp",
    "tried_at": "timestamp",
    "settled_at": "timestamp",
    "queued_at": "timestamp",
    "reason": "varchar",
    "reply": "varchar",
    "code": "int4",
}
_FIXED = (
    "mail_mail_id",
    "mail_number",
    "mail_message_id",
    "message_id",
    "subject",
    "model",
    "res_id",
    "partner_id",
    "part",
    "address",
    "sender",
    "mail_server_id",
    "account_name",
    "is_echo",
)

#: Not where the same attempt has come back; whoever sends it again begins another one.
_NOT_BOUNCED = (
    f"(m.state <> '{BOUNCED}' OR new.tried_at IS NULL "
    "OR m.tried_at IS DISTINCT FROM new.tried_at::timestamp)"
)


class MailMailDelivery(models.Model):
    _inherit = "mail.mail.delivery"

    def _life(self):
        """Return the delivery as core knows it."""
        self.ensure_one()
        return Delivery(
            self.address,
            self.queued_at,
            self.state,
            self.attempts,
            self.due_at or None,
            self.tried_at or None,
            self.settled_at or None,
            self.reason or "",
            self.reply or "",
            self.code or 0,
        )

    @api.model
    def _lives_of(self, mail_ids):
        """Return ``{mail id: {(part, address): (row id, Delivery)}}``, read past the cache."""
        self.env.cr.execute(
            """
            SELECT mail_mail_id, part, address, id, queued_at, state, attempts, due_at, tried_at,
                   settled_at, reason, reply, code
              FROM mail_mail_delivery WHERE mail_mail_id = ANY(%s) ORDER BY id
            """,
            [list(mail_ids)],
        )
        found = {}
        for (
            mail_id,
            part,
            address,
            row_id,
            queued_at,
            state,
            attempts,
            *rest,
        ) in self.env.cr.fetchall():
            due_at, tried_at, settled_at, reason, reply, code = rest
            life = Delivery(
                address,
                queued_at,
                state,
                attempts,
                due_at,
                tried_at,
                settled_at,
                reason or "",
                reply or "",
                code or 0,
            )
            found.setdefault(mail_id, {})[part, address] = (row_id, life)
        return found

    @api.model
    def _insert_lives(self, rows):
        """Insert rows in one statement.

        :param rows: list of ``(fixed values as {column: value}, Delivery)``
        :returns: ids in the order of the rows
        """
        if not rows:
            return []
        self._announce_models(fixed.get("model") for fixed, _life in rows)
        ids = insert_rows(
            self.env.cr,
            self._table,
            (*_FIXED, *_LIFE),
            [
                (*(fixed.get(name) for name in _FIXED), *values_of(life, _LIFE))
                for fixed, life in rows
            ],
        )
        self.invalidate_model()
        self.env["mail.mail"].invalidate_model(["delivery_ids"])
        return ids

    @api.model
    def _write_lives(self, pairs):
        """Store ``[(row id, Delivery)]`` in one statement.

        :returns: ids of those stored: not of what came back while its answer was on its way
        """
        rows = [(row_id, *values_of(life, _LIFE)) for row_id, life in pairs]
        stored = update_rows(self.env.cr, self._table, _LIFE, rows, _NOT_BOUNCED)
        self.browse([row_id for row_id, _life in pairs]).invalidate_recordset(list(_LIFE))
        return stored
