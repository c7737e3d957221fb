"""What the gateways' forms tell about this process."""

import logging
import os
import socket
import time

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ..models.sms_gateway_session import BEAT_SECONDS, STANDBY

_logger = logging.getLogger(__name__)


class Board:
    """Writes a row for each session when it changes, and now and then as a sign of life."""

    def __init__(self, database):
        self._database = database
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        self._told = {}
        self._told_at = float("-inf")

    def tell(self, states):
        """Note how sessions are.

        :param states: (gateway id, bind) → (state, problem or None); None for a stand-by
        """
        states = {key: value or (STANDBY, None) for key, value in states.items()}
        if states == self._told and time.monotonic() - self._told_at < BEAT_SECONDS:
            return
        rows = [
            (gateway_id, bind, self.process, state, problem)
            for (gateway_id, bind), (state, problem) in states.items()
        ]
        gone = set(self._told) - set(states)
        if self._write(rows, forget=bool(gone)):
            self._told, self._told_at = states, time.monotonic()

    def wipe(self):
        """Leave nothing behind at a proper end."""
        self._write([], forget=True)

    def _write(self, rows, forget):
        try:
            with Registry(self._database).cursor() as cr:
                sessions = api.Environment(cr, SUPERUSER_ID, {})["sms.gateway.session"]
                if forget:
                    sessions._forget(self.process)
                sessions._note(rows)
        except psycopg2.Error as error:
            _logger.info("How the sessions are could not be noted: %s", error)
            return False
        return True
