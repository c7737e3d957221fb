"""One SMPP session, held by a thread of its own."""

import logging
import threading
import time

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from ..models.courier_held import Alone
from ..models.sms_gateway_session import BOUND, CONNECTING, REFUSED
from ..transports import BindError

_logger = logging.getLogger(__name__)
#: Seconds of listening between two looks at the bell. Nothing is asked of the database meanwhile.
LISTEN_SECONDS = 0.2
#: Seconds after which the queue is looked at though nobody rang: for messages that became due.
LOOK_SECONDS = 10.0
#: Seconds to wait after an error, so that one that stays does not fill the log.
PAUSE_SECONDS = 5.0


class Holder(threading.Thread):
    """Holds a session until it is told to end.

    :param settings: see :class:`.supervisor.Settings`
    :param turns: a lock of the threads that write the gateway's messages
    """

    def __init__(self, database, settings, turns):
        name = f"sms_gateway.{settings.gateway_id}.{settings.account.bind}"
        super().__init__(name=name, daemon=True)
        self.dbname = database  # For Odoo's log.
        self.settings = settings
        self._database = database
        self._turns = turns
        self._ending = threading.Event()
        self._rung = threading.Event()
        self._rung.set()  # Whatever was queued while nobody was here.
        self._session = None
        self._looked_at = 0.0

    @property
    def state(self):
        """How the session is, and why it is not there: (state, problem or None)."""
        session = self._session
        if session is None:
            return CONNECTING, None
        problem = session.problem
        if session.bound:
            return BOUND, None
        return (REFUSED if isinstance(problem, BindError) else CONNECTING), (
            str(problem) if problem else None
        )

    def ring(self):
        """Have the queue looked at."""
        self._rung.set()

    def end(self):
        """Say goodbye to the gateway as soon as what is under way has its outcome."""
        self._ending.set()

    def run(self):
        """Hold the session; errors of the database keep it, any other begins anew."""
        while not self._ending.is_set():
            try:
                self._hold()
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                _logger.warning("%s: the database is not to be had: %s", self.name, error)
                self._ending.wait(PAUSE_SECONDS)
            except Exception:
                _logger.exception("%s: begins anew after an error", self.name)
                self._close()
                self._ending.wait(PAUSE_SECONDS)
        self._close()

    def _close(self):
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _hold(self):
        if self._session is None:
            # An event in place of the sleep: the end does not have to wait for the next attempt.
            self._session = self.settings.open(self._database, self._turns, sleep=self._ending.wait)
        bound = False
        while not self._ending.is_set():
            for answer in self._session.listen(LISTEN_SECONDS):
                self._note_late(answer)
            if self._session.bound and not bound:
                self._in_transaction(self._note_bound)
            bound = self._session.bound
            if self.settings.sends and self._is_time():
                self._send()

    def _is_time(self):
        """Tell whether to look at the queue: somebody rang, or it is long ago."""
        if not self._rung.is_set() and time.monotonic() - self._looked_at < LOOK_SECONDS:
            return False
        # Before the look: whoever rings during it is heard.
        self._rung.clear()
        self._looked_at = time.monotonic()
        return True

    def _send(self):
        sent = self._in_transaction(
            lambda env: env["sms.sms"]._send_held(
                self._gateway(env), self._session, self._ending, self._turns
            )
        )
        if sent:
            # More may have come meanwhile, or the run was cut short to let others see its end.
            self._rung.set()

    def _note_bound(self, env):
        """What rested because the gateway could not be reached need not wait any longer."""
        self._gateway(env)._smpp_bound()

    def _note_late(self, answer):
        # Tried again when somebody was quicker: the answer comes only once.
        self._in_transaction(
            lambda env: Alone(env, self._turns).settle(
                lambda: env["sms.message"]._take_late_answers([(answer.key, answer.outcome)])
            )
        )

    def _gateway(self, env):
        return env["sms.gateway"].browse(self.settings.gateway_id)

    def _in_transaction(self, function):
        registry = Registry(self._database)
        with registry.cursor() as cr:
            result = function(api.Environment(cr, SUPERUSER_ID, {}))
        # Other processes hear of what rules may have changed.
        registry.signal_changes()
        return result
