"""Deliveries as rows: written by SQL, any number in one statement."""

from odoo import api, models

from ..core.delivery import Delivery

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
        cr = self.env.cr
        # PostgreSQL does not promise the order of RETURNING, so the ids are taken before.
        cr.execute(
            "SELECT nextval('mail_mail_delivery_id_seq') FROM generate_series(1, %s)", [len(rows)]
        )
        ids = [row[0] for row in cr.fetchall()]
        cr.execute_values(
            f"INSERT INTO mail_mail_delivery (id, {', '.join((*_FIXED, *_LIFE))}) VALUES %s",  # noqa: S608 - constants
            [
                (row_id, *(fixed.get(name) for name in _FIXED), *_life_values(life))
                for row_id, (fixed, life) in zip(ids, rows, strict=True)
            ],
            page_size=len(rows),
        )
        self.invalidate_model()
        self.env["mail.mail"].invalidate_model(["delivery_ids"])
        return ids

    @api.model
    def _write_lives(self, pairs):
        """Store ``[(row id, Delivery)]`` in one statement."""
        if not pairs:
            return
        assigned = ", ".join(f"{name} = new.{name}::{kind}" for name, kind in _LIFE.items())
        self.env.cr.execute_values(
            f"UPDATE mail_mail_delivery d SET {assigned} "  # noqa: S608 - constants
            f"FROM (VALUES %s) new (id, {', '.join(_LIFE)}) WHERE d.id = new.id::int4",
            [(row_id, *_life_values(life)) for row_id, life in pairs],
            page_size=len(pairs),
        )
        self.browse([row_id for row_id, _life in pairs]).invalidate_recordset(list(_LIFE))


def _life_values(life):
    """Return the values of :data:`_LIFE`; an empty text is no value."""
    return tuple(
        getattr(life, name) or (0 if kind == "int4" else None) for name, kind in _LIFE.items()
    )
