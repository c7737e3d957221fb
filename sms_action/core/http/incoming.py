"""Messages of people that an HTTP gateway hands over at the address for reports.

Gateways call the same things by few names, so nothing has to be described for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..incoming import Part, Received, address, first, part_of
from ..receipts import MAX_ID
from .callback import CallbackRequest
from .description import CallbackRules
from .paths import find_in_json, storable

#: Names of providers in small letters: Twilio, Vonage, Clickatell, MessageBird, and plain ones.
SENDERS = ("from", "msisdn", "fromnumber", "originator", "sender")
RECIPIENTS = ("to", "tonumber", "recipient")
TEXTS = ("text", "body", "content", "message")
IDS = ("messageid", "messagesid", "id")
_PARTS = ("concat-ref", "concat-total", "concat-part")
"""Vonage's, https://developer.vonage.com/en/messaging/sms/guides/inbound-sms"""


def read_message(request: CallbackRequest, rules: CallbackRules) -> Received | None:
    """Return the message of a callback; None when it holds none, or is a report."""
    data = request.data
    if not isinstance(data, dict) or any(find_in_json(data, rules.state)):
        return None
    values = {str(name).lower(): value for name, value in data.items()}
    sender, text = _text(values, SENDERS), _text(values, TEXTS)
    if not sender or not text:
        return None
    recipient = _text(values, RECIPIENTS)
    return Received(
        address(sender),
        address(recipient),
        text,
        _part(values),
        _text(values, IDS)[:MAX_ID],
    )


def _text(values: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (values.get(name) for name in names)
    return first(
        storable(str(one))
        for one in found
        if isinstance(one, str | int) and not isinstance(one, bool)
    )


def _part(values: Mapping[str, Any]) -> Part | None:
    numbers = [str(values.get(name, "")) for name in _PARTS]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in numbers):
        return None
    reference, total, number = map(int, numbers)
    return part_of(reference, total, number)
