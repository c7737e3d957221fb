"""What the answer of an HTTP gateway means for the message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from ..outcome import Fate, Outcome, accepted, in_doubt
from ..receipts import MAX_ID
from .description import ReplyRules
from .paths import find_in_json, find_in_text

LONGEST_WAIT = 86_400.0
"""Seconds: a gateway that asks for more is asked again after a day."""
MAX_TEXT = 65_536
"""Characters of an answer in text that are looked at."""
_REASONS = {
    401: "credentials",
    402: "credit",
    403: "credentials",
    404: "address",
    405: "address",
    429: "throttled",
}


@dataclass(frozen=True)
class HttpReply:
    """What came back."""

    status: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes = b""


@dataclass(frozen=True)
class _Found:
    """What the rules find in a body."""

    readable: bool
    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    error_codes: tuple[str, ...] = ()
    error_text: str = ""


def read_reply(reply: HttpReply, rules: ReplyRules, now: float) -> Outcome:
    """Return the outcome of a message by its answer.

    :param now: seconds since 1970, to understand ``Retry-After``
    """
    found = _find(reply.body, rules)
    if 200 <= reply.status < 300:
        return _after_success(reply, rules, found)
    code = next(iter(found.error_codes), "")
    fate = rules.fates.get(code) or _fate_of_status(reply.status, rules)
    usual = {3: "address", 5: "server"}.get(reply.status // 100, "refused")
    reason = _REASONS.get(reply.status, usual)
    wait = _retry_after(reply.headers.get("retry-after"), now) if fate is Fate.RETRY else None
    text = _sentence(f"The gateway answered HTTP status {reply.status}", code, found.error_text)
    return Outcome(fate, reason, text, code=code or str(reply.status), retry_after=wait)


def _after_success(reply: HttpReply, rules: ReplyRules, found: _Found) -> Outcome:
    bad = [code for code in found.codes if code not in rules.ok_codes] if rules.code else []
    silent = not found.ids and not found.codes
    # Of text every line matches some pattern; in JSON an error has a name.
    told = rules.format == "json" and (found.error_codes or found.error_text)
    if bad or (silent and told):
        return _refused_inside(rules, found, partly=len(bad) < len(found.codes))
    if not found.readable or (rules.code and not found.codes):
        # Whoever answered so is perhaps not the gateway at all, and perhaps it is.
        return in_doubt(
            "unreadable",
            "The gateway answered that all is well, but not in the form it is known to use.",
            str(reply.status),
        )
    if rules.provider_id and not found.ids:
        return in_doubt("unreadable", "The gateway's answer has no id.", str(reply.status))
    return accepted(*found.ids, code=next(iter(found.codes), ""))


def _refused_inside(rules: ReplyRules, found: _Found, partly: bool) -> Outcome:
    bad = [code for code in found.codes if code not in rules.ok_codes]
    code = next(iter(found.error_codes if rules.error_code else bad), next(iter(bad), ""))
    fate = rules.fates.get(code, Fate.FAILED)
    text = _sentence("The gateway answered with an error", code, found.error_text)
    if partly:
        # The parts that were taken would come twice.
        sent = sum(one in rules.ok_codes for one in found.codes)
        text = f"{text} {sent} of {len(found.codes)} parts were taken."
        return Outcome(Fate.FAILED, "partly", text, provider_ids=found.ids, code=code)
    return Outcome(fate, "refused", text, code=code)


def _find(body: bytes, rules: ReplyRules) -> _Found:
    # Regular expressions are somebody's: they get no more than what an answer may be.
    text = body.decode("utf-8", "replace")[: MAX_TEXT if rules.format == "text" else None]
    paths = (rules.provider_id, rules.code, rules.error_code or rules.code, rules.error_text)
    if rules.format == "text":
        ids, codes, errors, texts = (find_in_text(text, path) for path in paths)
        return _Found(bool(codes) or not rules.code, _kept(ids), codes, errors, " ".join(texts))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _Found(readable=False)
    ids, codes, errors, texts = (find_in_json(data, path) for path in paths)
    return _Found(isinstance(data, dict | list), _kept(ids), codes, errors, " ".join(texts))


def _kept(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id_[:MAX_ID] for id_ in ids)


def _fate_of_status(status: int, rules: ReplyRules) -> Fate:
    if status in rules.status_fates:
        return rules.status_fates[status]
    if status in (408, 425, 429, 503):
        return Fate.RETRY
    if status in (401, 402, 403, 404, 405, 501, 505) or 300 <= status < 400:
        return Fate.GATEWAY
    # A server that broke down, or one behind another, may have done its work before.
    return Fate.FAILED if 400 <= status < 500 else Fate.IN_DOUBT


def _retry_after(value: str | None, now: float) -> float | None:
    """Return seconds from ``Retry-After``: a number, or a date (RFC 9110, section 10.2.3)."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - now), LONGEST_WAIT)
    except (TypeError, ValueError, OverflowError):
        return None


def _sentence(start: str, code: str, text: str) -> str:
    detail = " ".join(one for one in (code, text[:500]) if one)
    return f"{start}: {detail}." if detail else f"{start}."
