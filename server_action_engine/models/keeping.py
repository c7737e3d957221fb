"""How what leaves the database is noted: by commits, or within somebody else's transaction.

A message belongs to whoever holds its advisory lock. Row locks end with each commit, and a courier
commits before and after what it sends; an advisory lock of the session lasts until it is given
back, or until PostgreSQL notices that the process is gone, however it died.

An addon that sends names its own table and numbers in subclasses.
"""

import psycopg2

from odoo.tools import SQL

from ..core.errors import is_retryable_db_error

_TRIES = 5


class Committing:
    """Commits before and after what is sent. The transaction is the courier's own."""

    commits = True
    table = ""
    """The messages' table."""
    message_locks = account_locks = 0
    """First half of the keys of locks on messages and on accounts; numbers nobody else uses."""

    def __init__(self, env, patience=1.0, insists=False):
        """Prepare.

        :param patience: seconds to wait for a throttled account's next turn
        :param insists: whether a person wants it now, though a server asked to try later
        """
        self.env = env
        self.patience = patience
        self.insists = insists

    def claim(self, ids):
        """Return those of the messages that belong to nobody else; they are the caller's now."""
        found = self._lock(self.message_locks, ids)
        # The statement that locks sees the database of before it waited for nobody: what another
        # courier did in between is seen by the next transaction only.
        self.keep()
        return found

    def claim_account(self, key):
        """Tell whether the account is the caller's alone now."""
        return bool(self._lock(self.account_locks, [key]))

    def release(self, ids):
        """Give messages back."""
        self._unlock(self.message_locks, ids)

    def release_account(self, key):
        """Give an account back."""
        self._unlock(self.account_locks, [key])

    def keep(self):
        """Make everything so far outlive whatever comes."""
        self.env.cr.commit()  # pylint: disable=invalid-commit; see the module

    def undo(self):
        """Begin anew after an error."""
        self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def settle(self, function):
        """Run a function and keep what it did; tried again when others were in the way."""
        for tries_left in reversed(range(_TRIES)):
            try:
                result = function()
                self.env.flush_all()
                self.keep()
                return result
            except Exception as error:
                self.undo()
                if not tries_left or not is_retryable_db_error(error):
                    raise
        return None

    def try_to(self, function):
        """Run a function that is worth no more than a try: nothing that was sent hangs on it."""
        self.settle(function)

    def _lock(self, kind, ids):
        self.env.cr.execute(
            "SELECT id FROM unnest(%s::int[]) id WHERE pg_try_advisory_lock(%s, id)",
            [list(ids), kind],
        )
        return [id_ for [id_] in self.env.cr.fetchall()]

    def _unlock(self, kind, ids):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::int[]) id", [kind, list(ids)]
        )


class Within(Committing):
    """Commits nothing: the outcome is wanted within the caller's transaction.

    Like Odoo's own ``send``: should the caller fail afterwards, the message has left all the same.
    """

    commits = False

    def claim(self, ids):
        """As above, until the end of the transaction; waits for nobody."""
        self.env.cr.execute(
            # Fails now, not after sending, if somebody changed them since the transaction began.
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) FOR NO KEY UPDATE NOWAIT",
                SQL.identifier(self.table),
                list(ids),
            )
        )
        self.env.cr.execute(
            "SELECT id FROM unnest(%s::int[]) id WHERE pg_try_advisory_xact_lock(%s, id)",
            [list(ids), self.message_locks],
        )
        return [id_ for [id_] in self.env.cr.fetchall()]

    def claim_account(self, key):
        """As above; one message of somebody who waits does not have to queue."""
        return True

    def release(self, ids):
        """The end of the transaction does it."""

    def release_account(self, key):
        """There is nothing to give back."""

    def keep(self):
        """The caller commits."""

    def undo(self):
        """The caller rolls back."""

    def settle(self, function):
        """Run a function; what the database refuses ends the caller's transaction."""
        result = function()
        self.env.flush_all()
        return result

    def try_to(self, function):
        """As above; if somebody was quicker the transaction goes on, or Odoo would send again."""
        try:
            with self.env.cr.savepoint():
                function()
        except psycopg2.Error as error:
            if not is_retryable_db_error(error):
                raise
