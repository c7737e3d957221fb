"""The threads behind a pool: each owns one session and sends what it is given."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from ..core import reasons as why
from ..core.classification import CONNECT, END, IN_DOUBT
from ..core.results import RecipientResult, SendResult
from .envelope import Envelope, Outcome
from .errors import SmtpConnectionError
from .session import Session, lost_before_start

_logger = logging.getLogger(__name__)

OpenSession = Callable[[], Session]


class Workers:
    """As many threads as there are messages under way, up to a limit."""

    def __init__(self, open_session: OpenSession, sessions: int) -> None:
        self._open = open_session
        self._sessions = sessions
        self._limit = sessions
        self._jobs: queue.SimpleQueue[Envelope | None] = queue.SimpleQueue()
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._door = threading.Lock()
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        """One for each envelope that was submitted."""
        self.trouble: SmtpConnectionError | None = None
        """Why the account is left alone; None: it works, as far as is known."""
        self._proven = False
        self._admitted = False

    def begin(self) -> None:
        """Begin a batch: what was known of the account may have changed."""
        self.trouble = None
        self._proven = self._admitted = False
        self._limit = self._sessions

    @property
    def room(self) -> int:
        """How many messages may be under way: one until the account has shown that it works."""
        return self._limit if self._proven else 1

    def submit(self, envelope: Envelope, under_way: int) -> None:
        """Hand over a message; starts a thread where there are fewer than messages."""
        self._jobs.put(envelope)
        with self._lock:
            if len(self._threads) < min(under_way, self._limit):
                thread = threading.Thread(target=self._work, name="smtp-session", daemon=True)
                self._threads.add(thread)
                thread.start()

    def close(self) -> None:
        """End the threads and their sessions; nothing may be under way."""
        with self._lock:
            threads = list(self._threads)
            self._threads.clear()
        for _thread in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join()

    # In the threads

    def _work(self) -> None:
        session: Session | None = None
        while True:
            envelope = self._jobs.get()
            if envelope is None:
                break
            try:
                session, result = self._attempt(session, envelope)
            except Exception:
                # A defect must not leave the caller waiting.
                _logger.exception("An SMTP session failed in an unforeseen way")
                session, result = _discard(session), _crashed(envelope)
            if result is None:
                self._jobs.put(envelope)
                return
            self.outcomes.put(Outcome(envelope, result))
        _discard(session)

    def _attempt(
        self, session: Session | None, envelope: Envelope
    ) -> tuple[Session | None, SendResult | None]:
        """Send one message; no result: this thread gives up, another one has to send it."""
        if session and not (session.usable and session.is_alive()):
            session = _discard(session)
        if self.trouble:
            return session, self.trouble.result(envelope.recipients)
        if session:
            result = session.send(envelope)
            if not lost_before_start(result):
                return session, self._noted(result)
            # The server had closed an idle session: nothing was begun.
            _discard(session)
        try:
            session = self._admitted_session()
        except SmtpConnectionError as error:
            if not self.trouble and self._retire():
                return None, None
            self.trouble = error
            return None, error.result(envelope.recipients)
        return session, self._noted(session.send(envelope))

    def _admitted_session(self) -> Session:
        """Open a session; one after the other until one was let in.

        Else a wrong password would be sent once by each thread, which locks accounts.
        """
        with contextlib.nullcontext() if self._admitted else self._door:
            if self.trouble:
                raise self.trouble
            try:
                session = self._open()
            except SmtpConnectionError as error:
                if error.alarm:
                    # Before the next thread comes through the door.
                    self.trouble = error
                raise
            except Exception as error:
                # Nothing was sent: no message may end up in doubt because of it.
                _logger.exception("An SMTP session could not be opened in an unforeseen way")
                kind = type(error).__name__
                self.trouble = SmtpConnectionError(CONNECT, why.DEFECT, kind, alarm=True)
                raise self.trouble from None
            self._admitted = True
        return session

    def _retire(self) -> bool:
        """Leave the work to the sessions that are open, if this is not the last thread.

        Many servers allow fewer sessions than an account asks for; that is no trouble.
        """
        with self._lock:
            if len(self._threads) < 2 or not self._proven:
                return False
            self._threads.discard(threading.current_thread())
            self._limit = max(1, len(self._threads))
            return True

    def _noted(self, result: SendResult) -> SendResult:
        """Remember that the account works, or its trouble, which is not asked for again."""
        for one in result.recipients:
            if one.account_trouble:
                self.trouble = SmtpConnectionError(
                    one.stage, one.reason, one.reply, one.alarm, one.retry_after
                )
        self._proven = self._proven or not self.trouble
        return result


def _crashed(envelope: Envelope) -> SendResult:
    return SendResult(
        tuple(RecipientResult(one, IN_DOUBT, END, why.CRASHED) for one in envelope.recipients)
    )


def _discard(session: Session | None) -> Session | None:
    """Close a session; returns none, for the variable that held it."""
    if session:
        session.close()
    return None
