"""Keys of what is being created once: by ``object_upsert``, and from what a gateway delivers."""

import hashlib
from datetime import timedelta

from odoo import api, fields, models

#: A key is needed only while transactions are open that began before it was used last.
_KEPT_DAYS = 1


def key_hash(*parts):
    """Return the hash of a key; the first part says whose it is."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


class ServerActionUpsertLock(models.Model):
    _name = "server.action.upsert.lock"
    _description = "Key Being Created by an Action"
    _log_access = False
    _rec_name = "key_hash"

    key_hash = fields.Char(required=True, readonly=True)
    used_on = fields.Datetime(required=True, readonly=True, index=True)

    _key_hash_unique = models.Constraint("UNIQUE(key_hash)", "A key is kept once.")

    @api.model
    def _take(self, key_hashes):
        """Keep other transactions from creating records with these keys until this one ends.

        Odoo's transactions are REPEATABLE READ: a transaction that waited for another one still
        does not see what that one created, so neither an advisory lock nor a second search
        would help. A row per key does. A transaction that finds the row changed since its own
        snapshot gets PostgreSQL's serialization error (40001), upon which Odoo repeats it – and
        then it finds the record. One that finds the row being changed waits first.

        Source: PostgreSQL manual, 13.2.2 “Repeatable Read Isolation Level”.

        :param key_hashes: collection of str
        :raises psycopg2.errors.SerializationFailure: another transaction created one of them
        """
        # Sorted, so that two transactions never wait for each other.
        self.env.cr.execute(
            """
            INSERT INTO server_action_upsert_lock (key_hash, used_on)
                 SELECT unnest(%s::varchar[]), now() AT TIME ZONE 'UTC'
            ON CONFLICT (key_hash) DO UPDATE SET used_on = EXCLUDED.used_on
            """,
            (sorted(key_hashes),),
            # To be repeated is what is meant to happen, and nobody has to read of it.
            log_exceptions=False,
        )

    @api.autovacuum
    def _gc_keys(self):
        """Forget keys that no open transaction can need any more."""
        limit = fields.Datetime.now() - timedelta(days=_KEPT_DAYS)
        self.env.cr.execute("DELETE FROM server_action_upsert_lock WHERE used_on < %s", (limit,))
