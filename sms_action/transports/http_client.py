"""Send messages to an HTTP gateway: several at a time, each on a connection that is kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

import requests

from odoo.addons.server_action_engine.core.errors import PermanentError

from ..core.errors import GatewayError, TextError
from ..core.http.account import HttpAccount
from ..core.http.reply import HttpReply, read_reply
from ..core.http.request import HttpRequest, build_request
from ..core.message import Message
from ..core.outcome import Fate, Outcome, in_doubt
from ..core.segments import split
from ..core.throttle import Throttle
from .answer import Answer
from .http_errors import outcome_of_error
from .http_line import Line
from .secret_logs import SECRETS

_logger = logging.getLogger(__name__)
MAX_REPLY = 1 << 20
"""Octets of an answer that are read."""
BEARABLE_SECONDS = 10.0
"""Longest pause a gateway may ask for before the rest of a batch goes back to the queue."""
PAUSE_SECONDS = 1.0
"""Pause after a refusal that names none."""
BEARABLE_REFUSALS = 5
"""Refusals in a row after which the rest of a batch goes back to the queue."""
WATCH_SECONDS = 0.5
"""How often answers are looked at that take too long."""


class HttpGateway:
    """A gateway over HTTP.

    :param clock: a steady count of seconds
    :param now: seconds since 1970
    """

    def __init__(
        self,
        account: HttpAccount,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.account = account
        self._clock, self._now, self._sleep = clock, now, sleep
        self._throttle = Throttle(account.per_second, burst=account.per_second / 10)
        self._lines: list[Line] = []
        self._idle: list[Line] = []
        self._refusals = 0
        SECRETS.protect(account)

    def send(self, messages: Iterable[Message]) -> Iterator[Answer]:
        """Send messages and yield each outcome as soon as it is known, in any order.

        Messages are taken from the iterable only when they can go out at once. When the gateway
        refuses the account, or asks for a long pause, the rest gets that outcome unsent.
        """
        source = iter(messages)
        self._refusals = 0
        running: dict[Future[Outcome], Message] = {}
        stop: Outcome | None = None
        with ThreadPoolExecutor(self.account.workers, "sms-http") as pool:
            try:
                while True:
                    while stop is None and len(running) < self.account.workers:
                        message = next(source, None)
                        if message is None:
                            break
                        self._await_turn(message)
                        running[pool.submit(self._one, message)] = message
                    if not running:
                        break
                    for future in self._watch(running, FIRST_COMPLETED):
                        outcome = future.result()
                        stop = self._verdict(outcome) or stop
                        yield Answer(running.pop(future).key, outcome)
            finally:
                # Where the caller stopped, the pool waits for its threads: nobody else would end
                # an answer that never ends.
                while len(self._watch(running, ALL_COMPLETED)) < len(running):
                    pass
        if stop is not None:
            for message in source:
                yield Answer(message.key, stop)

    def close(self) -> None:
        """Close the connections that were kept."""
        self._idle.clear()
        while self._lines:
            self._lines.pop().session.close()

    def _watch(self, running: Collection[Future[Outcome]], until: str) -> set[Future[Outcome]]:
        """Return what is done after a moment; end answers that take too long."""
        done = wait(running, WATCH_SECONDS, until).done
        for line in self._lines:
            line.enforce()
        return done

    def _await_turn(self, message: Message) -> None:
        parts = _parts(message)
        while (seconds := self._throttle.wait(self._clock(), parts)) > 0:
            self._sleep(seconds)
        self._throttle.take(self._clock(), parts)

    def _verdict(self, outcome: Outcome) -> Outcome | None:
        """Return what the rest of the batch shall get, None to go on."""
        if outcome.fate is Fate.GATEWAY or outcome.reason == "unreachable":
            return outcome
        if outcome.fate is not Fate.RETRY:
            self._refusals = 0
            return None
        self._refusals += 1
        pause = PAUSE_SECONDS if outcome.retry_after is None else outcome.retry_after
        if pause > BEARABLE_SECONDS or self._refusals >= BEARABLE_REFUSALS:
            return outcome
        self._throttle.block(self._clock() + pause)
        return None

    def _one(self, message: Message) -> Outcome:
        try:
            return self._shown(self._send(message))
        except Exception as error:  # noqa: BLE001 - the others' outcomes must not be lost with it
            text = self.account.mask(f"{type(error).__name__}: {error}")
            _logger.error("a message over %r ended in a bug: %s", self.account, text)
            return in_doubt("error", f"Sending ended in an error of the program. {text}")

    def _send(self, message: Message) -> Outcome:
        try:
            request = build_request(message, self.account)
        except GatewayError as error:
            return Outcome(Fate.GATEWAY, "description", str(error))
        except PermanentError as error:
            return Outcome(Fate.FAILED, getattr(error, "reason", "refused"), str(error))
        line = self._take_line()
        try:
            reply = self._call(line, request)
        except requests.RequestException as error:
            return outcome_of_error(error, line.connecting)
        finally:
            self._idle.append(line)
        return read_reply(reply, self.account.description.reply, self._now())

    def _call(self, line: Line, request: HttpRequest) -> HttpReply:
        account = self.account
        with (
            line.limit(account.connect_seconds + account.answer_seconds),
            line.session.request(
                request.method,
                request.url,
                data=request.body or None,
                headers=dict(request.headers),
                timeout=(account.connect_seconds, account.answer_seconds),
                # A redirect would carry the secret to somebody else.
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            body = bytearray()
            for piece in response.iter_content(65_536):
                body += piece
                if len(body) > MAX_REPLY:
                    break
            headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpReply(response.status_code, headers, bytes(body[:MAX_REPLY]))

    def _take_line(self) -> Line:
        try:
            return self._idle.pop()
        except IndexError:
            line = Line()
            self._lines.append(line)
            return line

    def _shown(self, outcome: Outcome) -> Outcome:
        return replace(outcome, message=self.account.mask(outcome.message))


def _parts(message: Message) -> int:
    try:
        return split(message.text).count
    except TextError:  # It is refused when its request is written.
        return 1
