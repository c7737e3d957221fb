"""Secrets of gateways: written and used, never read.

They stand in columns that are no fields: no form, export, template or code of an action gets at
them, whatever its rights, unless it asks the database itself.
"""

from odoo import api, fields, models
from odoo.tools import SQL, sql

#: What is shown in place of a secret, and sent back when nobody has changed it.
HIDDEN = "••••••••"
_COLUMNS = {"secret": "secret_value", "callback_secret": "callback_secret_value"}


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_secret",
        help="Password or token of the account. It is kept, and never shown again.",
    )
    callback_secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_callback_secret",
        help="What delivery reports are checked with. It is kept, and never shown again.",
    )

    def init(self):
        for column in _COLUMNS.values():
            if not sql.column_exists(self.env.cr, self._table, column):
                sql.create_column(self.env.cr, self._table, column, "varchar")

    @api.depends("name")
    def _compute_secrets(self):
        # Whether there is one, is all that is ever told.
        for field, column in _COLUMNS.items():
            stored = self._stored_secrets(column)
            for gateway in self:
                gateway[field] = HIDDEN if stored.get(gateway.id or gateway._origin.id) else False

    def _inverse_secret(self):
        self._store_secret("secret")

    def _inverse_callback_secret(self):
        self._store_secret("callback_secret")

    def _store_secret(self, field):
        for gateway in self.filtered(lambda one: one[field] != HIDDEN):
            self.env.cr.execute(
                SQL(
                    "UPDATE sms_gateway SET %s = %s WHERE id = %s",
                    SQL.identifier(_COLUMNS[field]),
                    (gateway[field] or "").strip() or None,
                    gateway.id,
                )
            )
        self.invalidate_recordset([field])

    def _stored_secrets(self, column):
        self.flush_model()
        ids = self.ids or self._origin.ids
        self.env.cr.execute(
            SQL("SELECT id, %s FROM sms_gateway WHERE id = ANY(%s)", SQL.identifier(column), ids)
        )
        return dict(self.env.cr.fetchall())

    def _use_secret(self, field):
        """Return a secret for the transport, to which it goes and no further."""
        self.ensure_one()
        return self._stored_secrets(_COLUMNS[field]).get(self.id) or ""
