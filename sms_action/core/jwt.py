"""Callbacks signed by a JSON web token: Vonage's Messages API, MessageBird.

Only HS256 is accepted, whatever the token says of itself: RFC 8725, section 3.1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from .errors import SignatureError

MAX_TOKEN = 8_192
"""Characters; a longer token is not looked at."""


def check_jwt(
    token: str | None, secret: str, body: bytes, now: float, url: str = "", tolerance: int = 300
) -> dict[str, Any]:
    """Check a token and what it says about the request; return its claims.

    :param token: with or without ``Bearer`` before it
    :param body: compared with the claim ``payload_hash``, which must be there if there is a body
    :param now: seconds since 1970
    :param url: compared with the claim ``url_hash``, which must be there if all that is said is in
        the address
    :param tolerance: seconds two clocks may differ, and a token without an end may be old
    :raises SignatureError: when anything is missing or does not fit
    """
    text = (token or "").removeprefix("Bearer ").strip()
    pieces = text.split(".")
    if not secret or len(pieces) != 3 or len(text) > MAX_TOKEN or not text.isascii():
        raise SignatureError("The callback has no signed token.")
    signed = hmac.new(secret.encode(), f"{pieces[0]}.{pieces[1]}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(signed, _octets(pieces[2])):
        raise SignatureError("The token of the callback is not signed with the gateway's secret.")
    if _claims(pieces[0]).get("alg") != "HS256":
        raise SignatureError("The token of the callback is signed in a way that is not accepted.")
    claims = _claims(pieces[1])
    _check_times(claims, now, tolerance)
    _check_hash(claims.get("payload_hash"), body, "body")
    if "url_hash" in claims:
        _check_hash(claims["url_hash"], url.encode(), "address")
    elif not body and "?" in url:
        # All that is said stands in the address then: anybody who has seen a token could write it.
        raise SignatureError("The token was not signed for this address.")
    return claims


def _check_times(claims: dict[str, Any], now: float, tolerance: int) -> None:
    begin, end = (_number(claims.get(name)) for name in ("nbf", "exp"))
    issued = _number(claims.get("iat"))
    last = end if end is not None else issued
    if last is None or now > last + tolerance:
        raise SignatureError("The token of the callback is too old.")
    first = max((one for one in (begin, issued) if one is not None), default=now)
    if first > now + tolerance:
        raise SignatureError("The token of the callback is of the future: compare the clocks.")


def _check_hash(claimed: object, content: bytes, what: str) -> None:
    if claimed is None and not content:
        return
    digest = hashlib.sha256(content).hexdigest()
    if not isinstance(claimed, str) or not hmac.compare_digest(
        claimed.lower().encode(), digest.encode()
    ):
        raise SignatureError(f"The token was not signed for this {what}.")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _octets(piece: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
    except (binascii.Error, ValueError):
        raise SignatureError("The token of the callback cannot be read.") from None


def _claims(piece: str) -> dict[str, Any]:
    try:
        claims = json.loads(_octets(piece))
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise SignatureError("The token of the callback cannot be read.")
    return claims
