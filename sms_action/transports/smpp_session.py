"""One SMPP session, from bind to unbind: a window of submissions, reports, signs of life.

The session has no thread of its own: whoever holds it calls :meth:`SmppSession.poll` often.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Hashable
from types import TracebackType

from ..core.errors import PduError
from ..core.outcome import Fate, Outcome
from ..core.smpp import bodies, constants, status
from ..core.smpp.account import SmppAccount
from ..core.smpp.pdu import Pdu
from .smpp_events import Arrived, BindError, Event, SessionError
from .smpp_window import Window
from .smpp_wire import SmppWire

_logger = logging.getLogger(__name__)
UNBIND_SECONDS = 2.0
"""Longest wait for the answer to a farewell."""


class SmppSession:
    """A bound connection.

    :param clock: a steady count of seconds
    :raises BindError: when the gateway refuses the account
    :raises SessionError: when it cannot be reached or does not speak SMPP
    """

    def __init__(self, account: SmppAccount, clock: Callable[[], float] = time.monotonic) -> None:
        self.account = account
        self._clock = clock
        self._unwritten: set[int] = set()
        self._enquiry: float | None = None
        self._window = Window(account.window, account.answer_seconds)
        self.unbinding = False
        """The gateway has said goodbye: nothing more may be submitted."""
        self._wire = SmppWire(account, clock)
        try:
            self._bind()
        except BaseException:
            self._wire.close()
            raise

    def __enter__(self) -> SmppSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def room(self) -> int:
        """How many submissions the window still takes."""
        return 0 if self.unbinding or self._wire.broken else self._window.room

    @property
    def waiting(self) -> tuple[Hashable, ...]:
        """Keys of the submissions whose answers are awaited, in order."""
        return self._window.keys

    def submit(self, key: Hashable, part: bodies.SubmitSm) -> None:
        """Put a part into the window; :meth:`poll` writes it and brings its outcome.

        :raises PduError: when the part cannot be written
        """
        pdu = part.pdu(self._wire.next_sequence())
        if self.room < 1:
            raise ValueError("the window is full: poll first")
        self._window.add(pdu.sequence, key, self._clock())
        self._unwritten.add(pdu.sequence)
        self._wire.put(pdu)

    def poll(self, seconds: float = 0.0) -> list[Event]:
        """Write what waits, read what comes, at most so long; return what happened.

        :raises SessionError: when the session is over; call :meth:`lose` then
        """
        try:
            # Before the write: one that fails may have got through.
            self._unwritten.clear()
            self._wire.flush()
            pdus = self._wire.take(min(seconds, self._due()))
        except SessionError:
            raise
        except (OSError, EOFError) as error:
            reason = "unbound" if self.unbinding else "lost"
            raise SessionError(f"{self.account!r}: {error}", reason) from error
        events = [event for pdu in pdus if (event := self._handle(pdu))]
        if not events:
            # Never between an answer and whoever waits for it: this may end the session.
            self._keep_alive()
        return events + self._window.overdue(self._clock())

    def acknowledge(self, event: Arrived, kept: bool = True) -> None:
        """Tell the gateway that what it delivered is stored, or to deliver it again later."""
        code = status.OK if kept else status.RECEIVER_TEMPORARY
        body = b"\0"  # An empty message_id, section 4.6.2.
        self._wire.put(Pdu(event.command | constants.RESPONSE, event.sequence, code, body))

    def lose(self, error: SessionError) -> list[Event]:
        """Close without a farewell; return the outcomes of what waits.

        What was written is in doubt; what was not is surely unsent.
        """
        self._wire.close()
        return self._window.lost(error.reason, str(error), self._unwritten)

    def close(self) -> None:
        """Say goodbye and close. Never fails: the other side may be gone."""
        with contextlib.suppress(OSError, EOFError, PduError):
            if self.unbinding:
                self._wire.flush()
            else:
                goodbye = Pdu(constants.UNBIND, self._wire.next_sequence())
                self._wire.ask(goodbye, UNBIND_SECONDS)
        self._wire.close()

    def _bind(self) -> None:
        try:
            request = bodies.bind(self.account, self._wire.next_sequence())
        except PduError as error:
            text = f"The account {self.account!r} cannot be used: {error}."
            raise BindError(text, Outcome(Fate.GATEWAY, "account", text)) from error
        try:
            answer = self._wire.ask(request, self.account.connect_seconds)
        except (OSError, EOFError) as error:
            text = f"{self.account!r} does not answer the bind: {error}"
            raise SessionError(text, "lost") from error
        except PduError as error:
            text = f"{self.account!r} does not speak SMPP: {error}"
            raise SessionError(text, "malformed") from error
        if answer.status != status.OK or answer.command == constants.GENERIC_NACK:
            outcome = status.outcome_of(answer.status or status.SYSTEM_ERROR)
            raise BindError(f"{self.account!r} refuses the bind. {outcome.message}", outcome)

    def _handle(self, pdu: Pdu) -> Event | None:
        self._enquiry = None
        if pdu.is_response:
            return self._window.answer(pdu)
        if pdu.command in (constants.DELIVER_SM, constants.DATA_SM):
            return self._arrived(pdu)
        if pdu.command == constants.UNBIND:
            self.unbinding = True
        if pdu.command in (constants.ENQUIRE_LINK, constants.UNBIND):
            self._wire.put(Pdu(pdu.command | constants.RESPONSE, pdu.sequence))
        elif pdu.command != constants.ALERT_NOTIFICATION:
            _logger.info("%r sent an unknown %r", self.account, pdu)
            self._wire.put(Pdu(constants.GENERIC_NACK, pdu.sequence, status.INVALID_COMMAND))
        return None

    def _arrived(self, pdu: Pdu) -> Event | None:
        try:
            return Arrived(bodies.read_incoming(pdu), pdu.command, pdu.sequence)
        except PduError as error:
            _logger.warning("%r delivered something unreadable: %s", self.account, error)
            nack = Pdu(constants.GENERIC_NACK, pdu.sequence, status.INVALID_COMMAND_LENGTH)
            self._wire.put(nack)
            return None

    def _keep_alive(self) -> None:
        now, limit = self._clock(), self.account.answer_seconds
        if self._wire.half and now - self._window.oldest > limit:
            # Whatever comes next would be read as the rest of it.
            raise SessionError(f"{self.account!r} sent a PDU that does not end", "malformed")
        if self._enquiry is not None and now - self._enquiry > limit:
            raise SessionError(f"{self.account!r} is silent", "silent")
        if self._enquiry is None and now - self._wire.heard > self.account.enquire_seconds:
            self._enquiry = now
            self._wire.put(Pdu(constants.ENQUIRE_LINK, self._wire.next_sequence()))

    def _due(self) -> float:
        """Return the seconds until something has to be done, whatever comes or not."""
        now, account = self._clock(), self.account
        alive = self._wire.heard + account.enquire_seconds
        if self._enquiry is not None:
            alive = self._enquiry + account.answer_seconds
        answer = self._window.oldest + account.answer_seconds
        return max(0.0, min(alive, answer) - now) + 0.001
