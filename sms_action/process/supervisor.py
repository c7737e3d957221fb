"""The main thread: which sessions there should be, who holds them, and when all of it ends."""

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry

from ..core.smpp.account import SmppAccount
from ..models.smpp_arrivals import Arrivals
from ..models.sms_gateway_smpp import BINDS, SENDING
from ..transports import SmppGateway
from .board import Board
from .holder import Holder
from .watch import Bell, Ownership

_logger = logging.getLogger(__name__)
#: Seconds between two looks at the settings of the gateways.
LOOK_SECONDS = 5.0
#: The same while a session is waited for that was told to end.
SOON_SECONDS = 0.3


@dataclass(frozen=True)
class Settings:
    """A session that should be held. Two that are equal need no new session."""

    gateway_id: int
    account: SmppAccount

    @property
    def sends(self):
        """Whether messages can leave by it."""
        return self.account.bind in SENDING

    def open(self, database, turns, **options):
        """Return the session, not opened yet.

        :param turns: a lock of those who write the gateway's messages
        """
        arrivals = Arrivals(database, self.gateway_id, turns)
        return SmppGateway(self.account, arrivals, **options)


class Supervisor:
    """Holds the SMPP sessions of one database until it is told to end."""

    def __init__(self, database):
        self._database = database
        self._ownership = Ownership(database)
        self._bell = Bell(database)
        self._board = Board(database)
        self._holders = {}
        self._wanted = {}
        self._turns = {}
        self._ending = False
        self._alarm, self._alarm_end = os.pipe()
        self._complaints = {}

    def run(self):
        """Work until SIGTERM or SIGINT."""
        threading.current_thread().dbname = self._database  # For Odoo's log.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_end)
        _logger.info("Process %s looks after SMPP gateways", self._board.process)
        try:
            look_at = 0.0
            while not self._ending:
                if time.monotonic() >= look_at:
                    settled = self._look()
                    look_at = time.monotonic() + (LOOK_SECONDS if settled else SOON_SECONDS)
                self._tell()
                wait = max(0.0, look_at - time.monotonic())
                if self._bell.wait(min(wait, 1.0), [self._alarm]):
                    for holder in self._holders.values():
                        holder.ring()
        finally:
            self._close()

    def _told_to_end(self, _number, _frame):
        self._ending = True
        os.write(self._alarm_end, b"x")

    def _look(self):
        """Bring the sessions in line with the settings, and with who owns them.

        :returns: False while one of them is still ending
        """
        try:
            self._wanted = self._read_settings()
            self._ownership.claim({gateway_id for gateway_id, _bind in self._wanted})
        except psycopg2.Error as error:
            # Nobody else can take over either: the sessions stay, and keep what they hear of.
            _logger.warning("The database is not to be had, sessions stay: %s", error)
            return True
        own = {key: one for key, one in self._wanted.items() if key[0] in self._ownership.owned}
        for key, holder in list(self._holders.items()):
            if own.get(key) != holder.settings:
                holder.end()
                if holder.is_alive():
                    continue  # It is replaced once what it sent has its outcome.
                del self._holders[key]
        for key in own.keys() - self._holders.keys():
            turns = self._turns.setdefault(own[key].gateway_id, threading.RLock())
            self._holders[key] = Holder(self._database, own[key], turns)
            self._holders[key].start()
        return all(own.get(key) == one.settings for key, one in self._holders.items())

    def _read_settings(self):
        registry = Registry(self._database).check_signaling()
        found = {}
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for gateway in env["sms.gateway"].search([("kind", "=", "smpp")]):
                for bind in BINDS[gateway.smpp_bind]:
                    try:
                        account = gateway._smpp_account(bind)
                    except UserError as error:
                        self._complain(gateway.id, str(error))
                        continue
                    key = (gateway.id, bind)
                    found[key] = Settings(gateway.id, account)
        return found

    def _complain(self, gateway_id, text):
        """Log what is wrong with a gateway once, not every few seconds."""
        if self._complaints.get(gateway_id) != text:
            self._complaints[gateway_id] = text
            _logger.warning("The SMS gateway %s cannot be used: %s", gateway_id, text)

    def _tell(self):
        states = dict.fromkeys(self._wanted)
        states.update({key: one.state for key, one in self._holders.items()})
        self._board.tell(states)

    def _close(self):
        """End all sessions: what is under way gets its outcome first."""
        for holder in self._holders.values():
            holder.end()
        for holder in self._holders.values():
            holder.join()
        self._board.wipe()
        self._ownership.close()
        self._bell.close()
        _logger.info("Process %s has ended its sessions", self._board.process)
