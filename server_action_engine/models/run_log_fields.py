"""Fields for logs."""

from odoo import fields


class LooseMany2one(fields.Many2one):
    """A link without a foreign key.

    A foreign key locks the row it points to on every insert: it costs more than the rest of the
    insert and makes all executions of one action meet at its row. And a failed run may belong to
    an action that was rolled back with it. Whoever deletes the target clears the link.
    """

    def update_db_foreign_key(self, model, column):
        return
