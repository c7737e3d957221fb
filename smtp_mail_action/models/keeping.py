"""How what is known of deliveries is kept: by commits, or within somebody else's transaction.

A mail belongs to whoever holds its advisory lock. Row locks end with each commit, and a courier
commits before and after each message; an advisory lock of the session lasts until it is given
back, or until PostgreSQL notices that the process is gone, however it died.
"""

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error

#: First half of the keys of locks on mails and on accounts; any numbers nobody else uses.
_MAILS, _ACCOUNTS = 0x6D61696C, 0x61636374
_TRIES = 5


class Committing:
    """Commits before and after each message. The transaction is the courier's own."""

    commits = True

    def __init__(self, env, patience=1.0, insists=False):
        """Prepare.

        :param patience: seconds to wait for a throttled account's next turn
        :param insists: whether a person wants it now, though a server asked to try later
        """
        self.env = env
        self.patience = patience
        self.insists = insists

    def claim(self, ids):
        """Return those of the mails that belong to nobody else; they are the caller's now."""
        found = self._lock(_MAILS, ids)
        # The statement that locks sees the database of before it waited for nobody: what another
        # courier did in between is seen by the next transaction only.
        self.keep()
        return found

    def claim_account(self, key):
        """Tell whether the account is the caller's alone now."""
        return bool(self._lock(_ACCOUNTS, [key]))

    def release(self, ids):
        """Give mails back."""
        self._unlock(_MAILS, ids)

    def release_account(self, key):
        """Give an account back."""
        self._unlock(_ACCOUNTS, [key])

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

    def _lock(self, kind, ids):
        self.env.cr.execute(
            "SELECT id FROM unnest(%s) id WHERE pg_try_advisory_lock(%s, id)", [list(ids), kind]
        )
        return [id_ for [id_] in self.env.cr.fetchall()]

    def _unlock(self, kind, ids):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s) id", [kind, list(ids)]
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
            "SELECT id FROM mail_mail WHERE id = ANY(%s) FOR NO KEY UPDATE NOWAIT",
            [list(ids)],
        )
        self.env.cr.execute(
            "SELECT id FROM unnest(%s) id WHERE pg_try_advisory_xact_lock(%s, id)",
            [list(ids), _MAILS],
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
