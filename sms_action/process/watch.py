"""Connections of the process itself, beside those of its transactions."""

import contextlib
import logging
import select

import psycopg2

from odoo.sql_db import connection_info_for

from ..models.sms_gateway_session import SESSIONS

_logger = logging.getLogger(__name__)


def connect(database):
    """Return a connection outside any transaction, and outside Odoo's pool."""
    connection = psycopg2.connect(**connection_info_for(database)[1])
    connection.autocommit = True
    return connection


class Ownership:
    """Which gateways' sessions belong to this process.

    PostgreSQL frees the locks however the process ends; another one takes over then.
    """

    def __init__(self, database):
        self._database = database
        self._connection = None
        self.owned = set()

    def claim(self, gateway_ids):
        """Bring ``owned`` up to date: what can be had of these gateways, and nothing else.

        :raises psycopg2.Error: when the database is not to be had; nothing is owned then
        """
        try:
            if self._connection is None or self._connection.closed:
                self._connection = connect(self._database)
                self.owned = set()
            for key in self.owned - set(gateway_ids):
                self._run("SELECT pg_advisory_unlock(%s, %s)", key)
                self.owned.discard(key)
            # Asked for every time: only a connection that answers still has its locks.
            self._run("SELECT %s + %s", 0)
            for key in sorted(set(gateway_ids) - self.owned):
                if self._run("SELECT pg_try_advisory_lock(%s, %s)", key):
                    self.owned.add(key)
        except psycopg2.Error:
            self.close()
            raise

    def close(self):
        """Give everything back."""
        self.owned = set()
        if self._connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def _run(self, statement, key):
        with self._connection.cursor() as cr:
            cr.execute(statement, [SESSIONS, key])
            return cr.fetchone()[0]


class Bell:
    """Rings when Odoo triggers a scheduled action of the database, as each queued SMS does.

    That is what wakes Odoo's own schedulers, so it costs those who queue nothing more. Without it
    – a server in recovery, no right to connect – the process looks around every few seconds.
    """

    def __init__(self, database):
        self._database = database
        self._connection = None

    def wait(self, seconds, wakes=()):
        """Return True when it rang, False after so many seconds.

        :param wakes: further file descriptors that end the wait
        """
        streams = list(wakes)
        if self._connection is None:
            self._connect()
        if self._connection is not None:
            streams.append(self._connection)
        readable = select.select(streams, [], [], seconds)[0]
        return self._connection in readable and self._rang()

    def close(self):
        """Stop listening."""
        if self._connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def _connect(self):
        try:
            self._connection = connect("postgres")
            with self._connection.cursor() as cr:
                cr.execute("LISTEN cron_trigger")
        except psycopg2.Error as error:
            _logger.info("Nobody rings for queued SMS; they are looked for. %s", error)
            self.close()

    def _rang(self):
        try:
            self._connection.poll()
        except psycopg2.Error:
            self.close()
            return True  # Whoever queued meanwhile was not heard.
        payloads = {one.payload for one in self._connection.notifies}
        self._connection.notifies.clear()
        return self._database in payloads
