"""How an HTTP gateway is described: what a form can hold, and what a preset is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..delivery import State
from ..outcome import Fate

FORM, JSON, QUERY = "form", "json", "query"
"""Where the parameters go: into a form, a JSON body, or the address."""
SECRET, TWILIO, VONAGE, JWT, NO_CHECK = "secret", "twilio", "vonage", "jwt", "none"
"""How a callback proves where it comes from."""


@dataclass(frozen=True)
class ReplyRules:
    """How to read what the gateway answers.

    A *path* leads into JSON: names and positions with dots, ``*`` for every element
    (``messages.*.status``); ``|`` stands between paths of which the first that is there counts.
    For text it is a regular expression with one group.
    """

    format: str = "json"
    """``json`` or ``text``."""
    provider_id: str = ""
    """Path of the gateway's id; empty: it gives none, and reports come by reference."""
    code: str = ""
    """Path of a code that says whether it worked; empty: the HTTP status says it."""
    ok_codes: tuple[str, ...] = ()
    """Codes that mean it worked; JSON's true is ``true``."""
    error_code: str = ""
    """Path of the code of an error; empty: ``code``."""
    error_text: str = ""
    """Path of a sentence about an error."""
    fates: Mapping[str, Fate] = field(default_factory=dict)
    """What becomes of the message, by the code of an error."""
    status_fates: Mapping[int, Fate] = field(default_factory=dict)
    """The same by HTTP status, where the gateway differs from the usual meaning."""


@dataclass(frozen=True)
class CallbackRules:
    """How to read a delivery report that the gateway sends."""

    check: str = SECRET
    """``secret``, ``twilio``, ``vonage``, ``jwt`` or ``none``."""
    provider_id: str = ""
    """Path of the gateway's id."""
    reference: str = ""
    """Path of the reference that was sent along."""
    state: str = ""
    """Path of the state; of several with ``|`` between them, the first with a known word counts."""
    states: Mapping[str, State] = field(default_factory=dict)
    """What the gateway's words mean, in small letters."""
    error: str = ""
    """Path of an error code."""


@dataclass(frozen=True)
class HttpDescription:
    """One kind of gateway.

    Texts may hold placeholders such as ``{to}``; :data:`PLACEHOLDERS` names them all. A parameter
    or header that holds one without a value is left out.
    """

    name: str
    """Stable key of a preset."""
    label: str
    """Name for people."""
    url: str
    """Address of a request."""
    method: str = "POST"
    """HTTP method."""
    format: str = FORM
    """``form``, ``json`` or ``query``."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Name → text; for JSON any structure of mappings, lists and texts."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Name → text."""
    basic_auth: bool = False
    """Whether account and secret are sent by HTTP's basic authentication."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Settings that only this kind has: name → what it is, for people. They are placeholders."""
    test_url: str = ""
    """Address that answers a GET well only if account and secret are right; empty: the gateway has
    none that sends nothing."""
    reply: ReplyRules = field(default_factory=ReplyRules)
    """How to read the answer."""
    callback: CallbackRules = field(default_factory=CallbackRules)
    """How to read delivery reports."""


#: Placeholders of every description, with their meaning for people.
PLACEHOLDERS = {
    "to": "number of the recipient, such as +31612345678",
    "to_digits": "the same without the plus",
    "sender": "sender: number, short code or name",
    "sender_digits": "the same without a plus",
    "text": "text of the message",
    "reference": "reference of the message, comes back in reports",
    "callback_url": "address for delivery reports",
    "callback_join": "? or &, whichever goes on after that address",
    "validity_minutes": "minutes after which the network gives up",
    "validity_seconds": "the same in seconds",
    "kind": "text when the text is in the GSM alphabet, else unicode",
    "coding": "0 when the text is in the GSM alphabet, else 2",
    "parts": "number of parts",
    "account": "account name",
    "secret": "secret of the account",
}
