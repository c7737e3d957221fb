"""PDUs over a connection: cut out of the stream on the way in, gathered on the way out."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable

from ..core.errors import GatewayError, PduError
from ..core.outcome import Fate, Outcome
from ..core.smpp import constants
from ..core.smpp.account import SmppAccount
from ..core.smpp.pdu import FrameReader, Pdu
from .smpp_events import BindError, SessionError
from .smpp_socket import SmppSocket


class SmppWire:
    """One connection that carries PDUs.

    :raises BindError: when the gateway's certificate is not accepted, or those to trust are none
    :raises SessionError: when it cannot be reached
    """

    def __init__(self, account: SmppAccount, clock: Callable[[], float] = time.monotonic) -> None:
        self._account = account
        self._clock = clock
        self._sequence = 0
        self._frames = FrameReader()
        self._backlog: list[Pdu] = []
        self._out = bytearray()
        try:
            self._socket = SmppSocket(account)
        except ssl.SSLCertVerificationError as error:
            text = f"The certificate of {account!r} is not accepted: {error.verify_message}."
            raise BindError(text, Outcome(Fate.GATEWAY, "certificate", text)) from error
        except GatewayError as error:
            raise BindError(str(error), Outcome(Fate.GATEWAY, "certificate", str(error))) from error
        # A host with an empty label, “a..b”, is a UnicodeError.
        except (OSError, UnicodeError) as error:
            raise SessionError(f"{account!r} cannot be reached: {error}", "unreachable") from error
        self.heard = clock()
        """When something last came."""

    @property
    def broken(self) -> PduError | None:
        """Why nothing more can be read; None while all is well."""
        return self._frames.error

    @property
    def half(self) -> bool:
        """Whether a PDU has begun and not ended."""
        return bool(self._frames.pending)

    def next_sequence(self) -> int:
        """Return the number of the next request."""
        self._sequence = self._sequence % constants.MAX_SEQUENCE + 1
        return self._sequence

    def put(self, pdu: Pdu) -> None:
        """Gather a PDU; :meth:`flush` writes it."""
        self._out += pdu.encode()

    def flush(self) -> None:
        """Write what was gathered, all at once.

        :raises OSError: when the connection is lost; some of it may have got through
        """
        if self._out:
            octets, self._out = bytes(self._out), bytearray()
            self._socket.send(octets)

    def take(self, seconds: float) -> list[Pdu]:
        """Return the PDUs that have come, waiting at most so long for the first octets.

        :raises SessionError: when what comes is no PDU
        :raises OSError, EOFError: when the connection is lost
        """
        if not self._backlog:
            if self._frames.error:
                text = f"{self._account!r} sent {self._frames.error}"
                raise SessionError(text, "malformed") from self._frames.error
            self._receive(seconds)
        found, self._backlog = self._backlog, []
        return found

    def ask(self, request: Pdu, seconds: float) -> Pdu:
        """Send a request and return its answer; whatever comes before it is kept.

        :raises PduError: when what comes is no PDU
        :raises OSError, EOFError: when the connection is lost, or the answer does not come
        """
        self.put(request)
        self.flush()
        end = self._clock() + seconds
        while (left := end - self._clock()) > 0:
            self._receive(left)
            for pdu in self._backlog:
                if pdu.is_response and pdu.sequence == request.sequence:
                    self._backlog.remove(pdu)
                    return pdu
            if self._frames.error:
                raise self._frames.error
        raise TimeoutError(f"no answer within {seconds:g} seconds")

    def close(self) -> None:
        """Close the connection, whatever state it is in."""
        self._socket.close()

    def _receive(self, seconds: float) -> None:
        octets = self._socket.receive(seconds)
        if octets:
            self.heard = self._clock()
            self._backlog += self._frames.feed(octets)
