"""Messages as rows: written by SQL, any number in one statement."""

from dataclasses import dataclass, field

from odoo import api, models

from odoo.addons.server_action_engine.models.life_rows import insert_rows, update_rows, values_of

from ..core.delivery import State
from ..core.life import Life

#: Columns that change while a message is on its way, with their types.
_LIFE = {
    "state": "varchar",
    "attempts": "int4",
    "due_at": "timestamp",
    "tried_at": "timestamp",
    "accepted_at": "timestamp",
    "settled_at": "timestamp",
    "queued_at": "timestamp",
    "reason": "varchar",
    "reply": "varchar",
    "code": "varchar",
}
#: Columns that say what was sent, and by which gateway.
_PLACE = {"gateway_id": "int4", "part_count": "int4", "sender": "varchar"}
_FIXED = (
    "uuid",
    "number",
    "text",
    "company_id",
    "partner_id",
    "res_model",
    "res_id",
    "run_id",
    "sms_id",
    "is_echo",
)


@dataclass
class Parcel:
    """A message in a courier's hands."""

    id: int
    """Of the ``sms.message``."""
    uuid: str
    number: str
    text: str
    life: Life
    sms_id: int = 0
    """Of the ``sms.sms``; 0 when there is none."""
    company_id: int = 0
    preferred_id: int = 0
    """Gateway that the message names."""
    sender: str = ""
    """Who it comes from; empty: as its gateway has it."""
    gateways: list = field(default_factory=list)
    """Gateways that are still to be tried, in order."""
    address: object = None
    """Whom it is for, as core knows it."""


class SmsMessage(models.Model):
    _inherit = "sms.message"

    def _life(self):
        """Return the life of the message as core knows it."""
        self.ensure_one()
        return Life(
            self.queued_at,
            State(self.state),
            self.attempts,
            self.due_at or None,
            self.tried_at or None,
            self.accepted_at or None,
            self.settled_at or None,
            self.reason or "",
            self.reply or "",
            self.code or "",
        )

    @api.model
    def _lives_of(self, column, values, lock=False):
        """Return ``{column's value: (id, Life)}``, read past the cache.

        :param column: ``id`` or ``uuid``
        :param lock: whether nobody else may change the rows until the end of the transaction
        """
        kind = {"id": "int4", "uuid": "varchar"}[column]
        self.env.cr.execute(
            f"SELECT {column}, id, {', '.join(_LIFE)} FROM sms_message "  # noqa: S608 - constants
            f"WHERE {column} = ANY(%s::{kind}[]) ORDER BY id" + (" FOR UPDATE" if lock else ""),
            [list(values)],
            # Others may be quicker: who locks tries again, and nobody has to read of it.
            log_exceptions=not lock,
        )
        return {
            key: (id_, _life_of(dict(zip(_LIFE, rest, strict=True))))
            for key, id_, *rest in self.env.cr.fetchall()
        }

    @api.model
    def _insert_messages(self, rows):
        """Insert rows in one statement; returns their ids in the order of the rows.

        :param rows: list of ``({column: value}, Life)``
        """
        if not rows:
            return []
        self._announce_models(fixed.get("res_model") for fixed, _life in rows)
        ids = insert_rows(
            self.env.cr,
            self._table,
            (*_FIXED, *_LIFE),
            [
                (*(fixed.get(name) or None for name in _FIXED), *values_of(life, _LIFE))
                for fixed, life in rows
            ],
        )
        self.invalidate_model()
        return ids

    @api.model
    def _write_lives(self, pairs):
        """Store ``[(id, Life)]`` in one statement."""
        rows = [(row_id, *values_of(life, _LIFE)) for row_id, life in pairs]
        update_rows(self.env.cr, self._table, _LIFE, rows)
        self.browse([row_id for row_id, _life in pairs]).invalidate_recordset(list(_LIFE))

    @api.model
    def _begin_rows(self, rows):
        """Store attempts in one statement; returns the ids of those that may go on.

        A message that was cancelled or deleted in the queue meanwhile is none of them.

        :param rows: list of ``(id, Life, gateway id, parts, sender)``
        """
        columns = {**_LIFE, **_PLACE}
        found = update_rows(
            self.env.cr,
            self._table,
            columns,
            [
                (row_id, *values_of(life, _LIFE), gateway_id, parts, sender or None)
                for row_id, life, gateway_id, parts, sender in rows
            ],
            "(m.sms_id IS NULL OR EXISTS (SELECT FROM sms_sms s WHERE s.id = m.sms_id "
            "AND s.state = 'outgoing'))",
        )
        self.browse([row[0] for row in rows]).invalidate_recordset(list(columns))
        return set(found)


def _life_of(values):
    """Return a life from values of :data:`_LIFE` as the database has them."""
    texts = {name: values[name] or "" for name in ("reason", "reply", "code")}
    return Life(**{**values, **texts, "state": State(values["state"])})
