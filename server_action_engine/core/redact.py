"""What of a run may be kept: no secrets, no binaries, nothing endless.

Values are judged by their field (access groups, type, name), free text by what looks like a
secret inside it. Free text comes from anywhere, so its scrubbing is a safety net, not a proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

HIDDEN = "•••"
"""Stands for a value that is not kept."""
MAX_VALUE = 500
"""Characters kept of one field value."""
MAX_TEXT = 4_000
"""Characters kept of a message, a reason or an error."""
MAX_TRACEBACK = 20_000
"""Characters kept of a traceback; its end is kept."""
MAX_FIELDS = 60
"""Field values kept per step."""
MAX_MESSAGES = 100
"""Messages kept per step."""

_SUSPECT = (
    r"passw(?:or)?d|passphrase|passwd|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key"
    r"|credential|authori[sz]ation|cookie|totp|otp_|signature_?key|hmac|_pin\b|^pin$|cvv|cvc|iban"
)
_SECRET_NAME = re.compile(_SUSPECT, re.IGNORECASE)
_WITHOUT_VALUES = frozenset({"binary", "image"})

_UNTIL_NEXT_ERROR = r"(?:(?!\n\n(?:During handling|The above exception)).)*"
_TEXT_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL),
        HIDDEN,
    ),
    # PostgreSQL prints the whole row of a violated constraint.
    (
        re.compile(
            rf"(Failing row contains \()(?:{_UNTIL_NEXT_ERROR}\)|{_UNTIL_NEXT_ERROR}\Z)", re.DOTALL
        ),
        rf"\1{HIDDEN})",
    ),
    (
        re.compile(rf"(Key \([^)]*(?:{_SUSPECT})[^)]*\)=\()(?:[^\n]*\)|[^\n]*)", re.IGNORECASE),
        rf"\1{HIDDEN})",
    ),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    (
        re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{6,}=*", re.IGNORECASE),
        rf"\1 {HIDDEN}",
    ),
    # name = value, "name": "value", name: value; a quoted value is taken whole.
    (
        re.compile(
            r"""([\w-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key"""
            r"""|access[_-]?key|credential|authorization|cookie)[\w-]*["']?\s*[:=]\s*)"""
            r"""("(?:[^"\\]|\\.)*(?:"|\Z)|'(?:[^'\\]|\\.)*(?:'|\Z)|(?:Bearer|Basic)\s+\S+|[^\s,;&)}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
# One cheap look decides whether the rules are worth running: most text has nothing to hide.
_SUSPICIOUS = re.compile(
    r"BEGIN |Failing row|Key \(|://|bearer|basic|passw|passphrase|pwd|secret|token|key|credential"
    r"|authori[sz]ation|cookie",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FieldFacts:
    """What has to be known of a field to decide whether its values may be kept."""

    name: str
    """Name of the field."""
    type: str
    """Odoo's field type, such as ``char``."""
    restricted: bool = False
    """Whether only some groups may read the field."""


@lru_cache(maxsize=8192)
def looks_secret(name: str) -> bool:
    """Tell whether a field of this name is presumed to hold a secret."""
    return bool(_SECRET_NAME.search(name))


def may_keep(facts: FieldFacts) -> bool:
    """Tell whether values of the field may be written to the log."""
    return not (facts.restricted or facts.type in _WITHOUT_VALUES or looks_secret(facts.name))


def shorten(text: str, limit: int) -> str:
    """Return the beginning of ``text``, marked when something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shorten_start(text: str, limit: int) -> str:
    """Return the end of ``text``, marked when something is missing."""
    return text if len(text) <= limit else f"…{text[-(limit - 1) :]}"


def scrub(text: str) -> str:
    """Return ``text`` without what looks like a secret."""
    # PostgreSQL refuses NUL in text; a failing log must not hide the error it reports.
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not _SUSPICIOUS.search(text):
        return text
    for pattern, replacement in _TEXT_RULES:
        text = pattern.sub(replacement, text)
    return text


def keep_text(value: Any, limit: int = MAX_TEXT) -> str | None:
    """Return what may be kept of a free text; None for nothing."""
    if value is None or value is False or value == "":
        return None
    # Scrubbed before it is cut, or a secret cut in two would no longer be recognised.
    return shorten(scrub(str(value)[: limit * 4]), limit)


def keep_traceback(value: Any) -> str | None:
    """Return what may be kept of a traceback; None for nothing."""
    return shorten_start(scrub(str(value)), MAX_TRACEBACK) if value else None


def keep_values(
    values: Mapping[str, Any], facts_of: Callable[[str], FieldFacts | None]
) -> dict[str, Any] | None:
    """Return what may be kept of field values.

    :param values: field name → text, or → ``{"before": text, "after": text}``
    :param facts_of: tells about a field; None for a name that is no field
    :returns: the same shape, hidden or shortened; None when there are no values
    """
    if not values:
        return None
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if len(kept) >= MAX_FIELDS:
            kept["…"] = str(len(values) - MAX_FIELDS)
            break
        facts = facts_of(name)
        allowed = not looks_secret(name) if facts is None else may_keep(facts)
        kept[shorten(str(name), 128)] = _keep_value(value) if allowed else HIDDEN
    return kept


def _keep_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            side: None if value[side] is None else _keep_scalar(value[side])
            for side in ("before", "after")
            if side in value
        }
    return _keep_scalar(value)


def _keep_scalar(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return HIDDEN
    return shorten(scrub(str(value)[: MAX_VALUE * 4]), MAX_VALUE)
