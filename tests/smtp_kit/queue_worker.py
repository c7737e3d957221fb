"""A mail queue in a process of its own, so that it can be killed: rows in SQLite, real commits.

    python queue_worker.py DATABASE PORT SESSIONS

It does what the models do on top of Odoo: recover, begin, commit, send, conclude, commit.
"""

import contextlib
import datetime
import sqlite3
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent


def create(path, addresses):
    """Make the queue."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE queue (address TEXT, state TEXT, attempts INTEGER)")
        database.executemany(
            "INSERT INTO queue VALUES (?, 'queued', 0)", [[address] for address in addresses]
        )


def states(path):
    """Return address → (state, attempts)."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT address, state, attempts FROM queue ORDER BY rowid")
        return {address: (state, attempts) for address, state, attempts in rows}


class Worker:
    """One run over the queue."""

    def __init__(self, path, port, sessions):
        from smtp_mail_action.core.account import Account
        from smtp_mail_action.core.delivery import Delivery
        from smtp_mail_action.core.schedule import RetrySchedule

        self._database = sqlite3.connect(path)
        self._now = datetime.datetime(2026, 1, 1)
        self._delivery = Delivery
        self._schedule = RetrySchedule()
        self._account = Account(
            host="localhost", port=port, sessions=sessions, reply_seconds=5, data_seconds=5
        )

    def run(self):
        """Send what waits; what another process left in the middle is in doubt."""
        from smtp_mail_action.transports import SessionPool

        for delivery in self._rows("sending"):
            self._store(delivery.recover(self._now))
        with SessionPool(self._account) as pool:
            for outcome in pool.deliver(self._envelopes()):
                begun = outcome.envelope.key
                [result] = outcome.result.recipients
                self._store(begun.conclude(result, self._now, self._schedule, 0.0))

    def _envelopes(self):
        from smtp_mail_action.transports import Envelope

        for delivery in self._rows("queued"):
            begun = delivery.begin(self._now)
            self._store(begun)
            yield Envelope("shop@example.com", (begun.address,), b"Subject: x\n\nx", key=begun)

    def _rows(self, state):
        rows = self._database.execute(
            "SELECT address, state, attempts FROM queue WHERE state = ? ORDER BY rowid", [state]
        ).fetchall()
        return [
            self._delivery(address, self._now, state=state, attempts=attempts)
            for address, state, attempts in rows
        ]

    def _store(self, delivery):
        with self._database:
            self._database.execute(
                "UPDATE queue SET state = ?, attempts = ? WHERE address = ?",
                [delivery.state, delivery.attempts, delivery.address],
            )


def main():
    sys.path.insert(0, str(TESTS))
    import pure_addons

    pure_addons.install()
    path, port, sessions = sys.argv[1:]
    Worker(path, int(port), int(sessions)).run()


if __name__ == "__main__":
    main()
