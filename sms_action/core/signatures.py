"""Proofs that a callback comes from the provider. Every check raises, none returns False."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from .errors import SignatureError


def same(given: str, expected: str) -> bool:
    """Compare without telling by the time taken how much of it was right."""
    return hmac.compare_digest(_octets(given), _octets(expected))


def check_secret(given: str | None, expected: str) -> None:
    """Check a secret that stands in the address or in a header.

    :raises SignatureError: when it is missing or another one, and when none is set up
    """
    if not expected:
        raise SignatureError("This gateway has no secret, so it accepts no callback.")
    if not given or not same(given, expected):
        raise SignatureError("The secret of the callback is not that of the gateway.")


def check_twilio(
    token: str,
    url: str,
    params: Iterable[tuple[str, str]],
    signature: str | None,
    body: bytes = b"",
) -> None:
    """Check ``X-Twilio-Signature`` (https://www.twilio.com/docs/usage/security).

    :param token: the account's primary auth token
    :param url: the address as Twilio called it, with its query
    :param params: the form of a POST, as pairs; none for JSON
    :param body: of a JSON request, whose digest is in the query
    :raises SignatureError: when it is missing or does not fit
    """
    if not token or not signature:
        raise SignatureError("The callback has no signature of Twilio.")
    digest = dict(parse_qsl(urlsplit(url).query)).get("bodySHA256")
    if digest is not None and not same(digest.lower(), hashlib.sha256(body).hexdigest()):
        raise SignatureError("The body of the callback is not the one Twilio signed.")
    pairs = sorted(set(params))
    if body and not pairs and digest is None:
        raise SignatureError("The body of the callback is not signed by Twilio.")
    written = "".join(name + value for name, value in pairs)
    # Twilio signs the address with or without the standard port, by the kind of request.
    if not any(same(signature, _twilio(token, one + written)) for one in _spellings(url)):
        raise SignatureError("The callback is not signed with this Twilio account's token.")


def check_vonage(
    params: Mapping[str, str], secret: str, now: float, method: str = "sha256", tolerance: int = 300
) -> None:
    """Check the signed parameters of Vonage's SMS API.

    https://developer.vonage.com/en/getting-started/concepts/signing-messages

    :param secret: the account's signature secret
    :param now: seconds since 1970
    :param method: ``md5hash``, ``md5``, ``sha1``, ``sha256`` or ``sha512``, as set up at Vonage
    :param tolerance: seconds a callback may be old
    :raises SignatureError: when it is missing, does not fit, or is old
    """
    given = params.get("sig", "")
    if not secret or not given:
        raise SignatureError("The callback has no signature of Vonage.")
    written = "".join(
        f"&{name}={_vonage_value(value)}" for name, value in sorted(params.items()) if name != "sig"
    )
    if not same(given.lower(), _vonage(written, secret, method)):
        raise SignatureError("The callback is not signed with this Vonage account's secret.")
    stamp = params.get("timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > tolerance:
        raise SignatureError("The callback is signed, but it is too old.")


def _twilio(token: str, written: str) -> str:
    return base64.b64encode(
        hmac.new(token.encode(), written.encode(), hashlib.sha1).digest()
    ).decode()


def _spellings(url: str) -> set[str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = {"https": 443, "http": 80}.get(parts.scheme)
    return {
        url,
        urlunsplit(parts._replace(netloc=host)),
        urlunsplit(parts._replace(netloc=f"{host}:{port}")) if port else url,
    }


def _vonage_value(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")


def _vonage(written: str, secret: str, method: str) -> str:
    if method == "md5hash":
        return hashlib.md5(_octets(written + secret), usedforsecurity=False).hexdigest()
    if method not in ("md5", "sha1", "sha256", "sha512"):
        raise SignatureError(f"Vonage has no signature method {method}.")
    return hmac.new(secret.encode(), _octets(written), method).hexdigest()


def _octets(text: str) -> bytes:
    # JSON may hold halves of surrogate pairs, which are nobody's signature.
    return text.encode("utf-8", "surrogatepass")
