"""What a gateway's ``command_status`` means for the message (section 5.1.3)."""

from __future__ import annotations

from ..outcome import Fate, Outcome, accepted

OK, INVALID_COMMAND_LENGTH, INVALID_COMMAND = 0x00, 0x02, 0x03
SYSTEM_ERROR, QUEUE_FULL, THROTTLED = 0x08, 0x14, 0x58
RECEIVER_TEMPORARY = 0x64
SLOW_DOWN = frozenset({QUEUE_FULL, THROTTLED})
"""The gateway asks for a pause; the message is as good as before."""

_RETRY, _FAILED, _GATEWAY = Fate.RETRY, Fate.FAILED, Fate.GATEWAY
_MEANINGS: dict[int, tuple[Fate, str, str]] = {
    0x01: (_FAILED, "text", "the message has an invalid length"),
    0x04: (_GATEWAY, "bind", "this account may not send on this connection"),
    0x05: (_RETRY, "bind", "the account is bound already"),
    0x08: (_RETRY, "system", "the gateway has an error of its own"),
    0x0A: (_FAILED, "sender", "the sender is not allowed"),
    0x0B: (_FAILED, "number", "the number is not valid"),
    0x0D: (_GATEWAY, "credentials", "the gateway refuses the account"),
    0x0E: (_GATEWAY, "credentials", "the password is wrong"),
    0x0F: (_GATEWAY, "credentials", "the gateway does not know the account"),
    0x14: (_RETRY, "throttled", "the gateway's queue is full"),
    0x15: (_GATEWAY, "service_type", "the gateway does not know the service type"),
    0x43: (_GATEWAY, "coding", "the gateway does not take this kind of message"),
    0x45: (_RETRY, "system", "the gateway could not take the message"),
    0x48: (_FAILED, "sender", "the sender's type of number is not allowed"),
    0x49: (_FAILED, "sender", "the sender's numbering plan is not allowed"),
    0x50: (_FAILED, "number", "the number's type is not allowed"),
    0x51: (_FAILED, "number", "the number's numbering plan is not allowed"),
    0x53: (_GATEWAY, "credentials", "the gateway does not know the system type"),
    0x58: (_RETRY, "throttled", "too many messages at a time"),
    0x61: (_FAILED, "validity", "the scheduled time is not valid"),
    0x62: (_FAILED, "validity", "the validity period is not valid"),
    0x64: (_RETRY, "system", "the gateway cannot take the message now"),
    0x65: (_FAILED, "refused", "the gateway will never take the message"),
    0x66: (_FAILED, "refused", "the gateway refuses the message"),
    0xC0: (_GATEWAY, "parameter", "the gateway cannot read an optional parameter"),
    0xC1: (_GATEWAY, "parameter", "the gateway does not allow an optional parameter"),
    0xC2: (_GATEWAY, "parameter", "the gateway misreads an optional parameter"),
    0xC3: (_GATEWAY, "parameter", "the gateway misses an optional parameter"),
    0xC4: (_GATEWAY, "parameter", "the gateway finds an optional parameter invalid"),
}
#: Refused without a reason that can be read: surely not sent, so trying again does no harm.
_UNKNOWN = (_RETRY, "unknown", "the gateway gives no reason that is in the specification")


def outcome_of(status: int, message_id: str = "") -> Outcome:
    """Return the outcome of a submission that was answered."""
    if status == OK:
        return accepted(message_id) if message_id else accepted()
    fate, reason, meaning = _MEANINGS.get(status, _UNKNOWN)
    code = f"0x{status:08X}"
    return Outcome(fate, reason, f"The gateway answered {code}: {meaning}.", code=code)
