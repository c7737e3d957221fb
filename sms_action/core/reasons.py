"""Why a message or a gateway got stuck: one key, a sentence, and what to do about it.

The keys are stored; the sentences are English sources that the models translate.
"""

from __future__ import annotations

from dataclasses import dataclass

from .delivery import State
from .outcome import Fate, Outcome


@dataclass(frozen=True)
class Reason:
    """One cause in words."""

    words: str
    """What happened, a whole sentence."""
    advice: str = ""
    """What a person can do, a whole sentence; empty where nothing can be done but wait."""


CRASHED, EXPIRED, CANCELLED = "crashed", "expired", "cancelled"
NO_GATEWAY, THROTTLED = "no_gateway", "throttled"
_NUMBER = "Correct the number on the contact, and send the message again."
_SET_UP = "Look at the account, the secret and the options of the gateway, and test it."
_DOUBT = "Ask the recipient before you send it again: the message may have arrived."
_WAIT = "Nothing has to be done: it is tried again later."

REASONS = {
    # The number
    "missing": Reason("There is no number.", _NUMBER),
    "unreadable_number": Reason("The number cannot be read.", _NUMBER),
    "no_country": Reason(
        "The number has no country code, and no country is known for it.",
        "Write the number with its country code, such as +31, or set the country of the company.",
    ),
    "invalid": Reason("The number is not valid.", _NUMBER),
    "landline": Reason(
        "The number is a landline.",
        "Use a mobile number, or let the gateway send to landlines.",
    ),
    "premium": Reason("The number is a premium number.", "Use a mobile number."),
    "number": Reason("The gateway refuses the number.", _NUMBER),
    # The text and the sender
    "empty": Reason("The text is empty.", "Look at the text of the action or of the template."),
    "too_long": Reason("The text is too long.", "Shorten the text of the action or template."),
    "encoding": Reason("The text has characters that cannot be sent.", "Change the text."),
    "text": Reason("The gateway refuses the text.", "Change the text."),
    "sender": Reason(
        "The sender is not allowed.",
        "Write a sender on the gateway that the provider has registered for your account.",
    ),
    "validity": Reason("The gateway refuses the validity.", "Change the validity of the gateway."),
    "refused": Reason(
        "The gateway refuses the message.", "Read what the gateway said, or ask the provider."
    ),
    "partly": Reason(
        "The gateway took a part of the message only.",
        "The recipient may have got a piece of the text. Write to them, or send it again.",
    ),
    # The gateway
    "credentials": Reason(
        "The gateway refuses the account.", "Check the account and write the secret anew."
    ),
    "credit": Reason("The account has no credit.", "Buy credit at the provider."),
    "address": Reason("The address of the gateway is wrong.", "Check its address and options."),
    "certificate": Reason(
        "The gateway's certificate or encryption is not accepted.",
        "Check the address of the gateway, or ask the provider for its certificate.",
    ),
    "description": Reason("The gateway cannot be used as it is described.", _SET_UP),
    "account": Reason("The account of the gateway cannot be used.", _SET_UP),
    "bind": Reason("The gateway does not let the account send on this connection.", _SET_UP),
    "service_type": Reason("The gateway does not know the service type.", _SET_UP),
    "coding": Reason("The gateway does not take this kind of message.", _SET_UP),
    "parameter": Reason("The gateway does not understand a parameter.", _SET_UP),
    NO_GATEWAY: Reason(
        "No gateway may carry the message.",
        "Set up a gateway for the company and the number, or choose another one.",
    ),
    THROTTLED: Reason("The gateway gets too many messages at a time.", _WAIT),
    "unreachable": Reason("The gateway cannot be reached.", _WAIT),
    "server": Reason("The gateway has an error of its own.", _WAIT),
    "system": Reason("The gateway has an error of its own.", _WAIT),
    "unbound": Reason("The gateway ended the session.", _WAIT),
    "unknown": Reason("The gateway gives no reason that is known.", "Ask the provider."),
    # In doubt
    CRASHED: Reason("Odoo stopped between sending and the answer.", _DOUBT),
    "no_answer": Reason("The gateway did not answer in time.", _DOUBT),
    "silent": Reason("The gateway stopped answering.", _DOUBT),
    "lost": Reason("The connection ended before the gateway's answer.", _DOUBT),
    "malformed": Reason("The gateway's answer cannot be read.", _DOUBT),
    "unreadable": Reason("The gateway's answer is not in the form it is known to use.", _DOUBT),
    "error": Reason("Sending ended in an error of the program.", _DOUBT),
    CANCELLED: Reason("The message was cancelled or deleted while it was in the queue."),
    # Reports
    EXPIRED: Reason("The message was given up: it is too old.", "Send it again if it matters."),
    "rejected": Reason("The network refused the message.", "Ask the provider by its id."),
    "undelivered": Reason(
        "The network could not deliver the message.",
        "Check the number. The phone may be off, full or abroad.",
    ),
    "deleted": Reason("The message was taken back before it was delivered."),
}
#: Keys of cores and transports that say different things in different places.
_OWN_KEYS = {("unreadable", "number"): "unreadable_number"}
#: What a report of a failure is called.
REPORTED = {
    State.FAILED: "refused",
    State.REJECTED: "rejected",
    State.UNDELIVERED: "undelivered",
    State.EXPIRED: EXPIRED,
    State.DELETED: "deleted",
}
#: Refusals that may be taken later, and for which the gateway is to blame, not the message.
_HOLDING = frozenset(
    {THROTTLED, "unreachable", "unbound", "silent", "lost", "malformed", "bind", "refused"}
)
#: Why a message may be waiting for a gateway.
OF_THE_GATEWAY = _HOLDING | {
    *("credentials", "credit", "address", "certificate", "description", "account"),
    *("service_type", "coding", "parameter", "error", "unknown"),
}


def known(reason: str) -> str:
    """Return a key of :data:`REASONS` for any reason."""
    return reason if not reason or reason in REASONS else "unknown"


def of_number(reason: str) -> str:
    """Return the key for the reason of a ``NumberError``."""
    return known(_OWN_KEYS.get((reason, "number"), reason))


def holds_gateway(outcome: Outcome) -> bool:
    """Tell whether an outcome says something about the gateway, and nothing about the message."""
    if outcome.fate is Fate.GATEWAY:
        return True
    return outcome.fate is Fate.RETRY and outcome.reason in _HOLDING


def words(reason: str) -> str:
    """Return the sentence of a reason; empty for none."""
    return REASONS[known(reason)].words if reason else ""


def advice(reason: str) -> str:
    """Return what to do about it; empty for nothing."""
    return REASONS[known(reason)].advice if reason else ""
