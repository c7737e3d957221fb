"""What is wrong with an SMPP account, from the error that a test of it ended with."""

from __future__ import annotations

import socket
import ssl

from .smpp_events import BindError, SessionError

#: Reasons of refusals that are told as they are; any other is ``bind``.
_REFUSALS = ("credentials", "certificate", "account")
#: Ends of a session that stand for themselves.
_ENDS = ("malformed", "unbound")
#: Classes of the error below, in this order: the later ones are more general.
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLError, "tls"),
    (socket.gaierror, "dns"),
    (UnicodeError, "dns"),
    (ConnectionRefusedError, "refused"),
    (EOFError, "closed"),
    (ConnectionResetError, "closed"),
    (BrokenPipeError, "closed"),
    (TimeoutError, "timeout"),
)


def diagnosis_of(error: SessionError) -> str:
    """Return the key of what is wrong.

    ``dns`` no such host; ``refused`` nobody listens on the port; ``timeout`` the host does not
    answer; ``silent`` it lets us connect, then says nothing; ``closed`` it hangs up; ``tls``
    encryption fails; ``malformed`` it speaks something else; ``certificate``; ``credentials``;
    ``account`` what was entered cannot be sent; ``bound`` the account is in use; ``bind`` another
    refusal; ``unbound``; ``unreachable`` for all the rest.
    """
    if isinstance(error, BindError):
        if error.outcome.code == "0x00000005":
            return "bound"
        reason = error.outcome.reason
        return reason if reason in _REFUSALS else "bind"
    if error.reason in _ENDS:
        return error.reason
    cause = error.__cause__
    found = next((key for kind, key in _CAUSES if isinstance(cause, kind)), "unreachable")
    # After the connection stood, silence is another thing than a host that is not there.
    return "silent" if (found, error.reason) == ("timeout", "lost") else found
