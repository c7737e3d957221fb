"""Delivery reports that an HTTP gateway sends: checked first, then read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..delivery import State
from ..errors import GatewayError
from ..jwt import check_jwt
from ..receipts import MAX_ID
from ..signatures import check_secret, check_twilio, check_vonage
from .account import HttpAccount
from .description import JWT, NO_CHECK, SECRET, TWILIO, VONAGE, CallbackRules
from .paths import alternatives, find_in_json

MAX_BODY = 65_536
"""Octets of a callback that are looked at."""
SECRET_NAMES = ("token", "secret", "key")
"""Parameters of the address that may hold the shared secret."""
SECRET_HEADERS = ("x-callback-secret", "authorization")


@dataclass(frozen=True)
class CallbackRequest:
    """A callback as it arrived. It may hold a secret: it is not shown."""

    url: str
    """The whole address the gateway called, as it called it."""
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes = b""

    def __repr__(self) -> str:
        return f"<callback of {len(self.body)} octets>"

    @property
    def is_json(self) -> bool:
        """Tell whether the body says that it is JSON."""
        return "json" in self.headers.get("content-type", "").lower()

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the address."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        """The parameters of a form."""
        if self.is_json or not self.body:
            return []
        return parse_qsl(self.body[:MAX_BODY].decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def data(self) -> Any:
        """Everything it says: JSON if it is JSON, else the parameters."""
        if self.is_json:
            try:
                content = json.loads(self.body[:MAX_BODY])
            except (ValueError, RecursionError):
                return {}
            return {**dict(self.query), **content} if isinstance(content, dict) else content
        return dict(self.query + self.form)


@dataclass(frozen=True)
class Report:
    """What a callback says about a message."""

    state: State
    provider_id: str = ""
    reference: str = ""
    error: str = ""


def check_callback(request: CallbackRequest, account: HttpAccount, now: float) -> None:
    """Check that the gateway sent a callback.

    :param now: seconds since 1970
    :raises SignatureError: when it does not prove it
    """
    check = account.description.callback.check
    key = account.callback_secret or account.secret
    if check == TWILIO:
        signature = request.headers.get("x-twilio-signature")
        check_twilio(key, request.url, request.form, signature, request.body)
    elif check == VONAGE and (request.headers.get("authorization") or "").startswith("Bearer "):
        # What an account gets that is set to Vonage's Messages API.
        check_jwt(request.headers["authorization"], key, request.body, now, request.url)
    elif check == VONAGE:
        data = request.data
        flat = {name: str(value) for name, value in data.items()} if isinstance(data, dict) else {}
        check_vonage(flat, key, now, account.options.get("signature_method", "md5hash"))
    elif check == JWT:
        token = request.headers.get("messagebird-signature-jwt") or request.headers.get(
            "authorization"
        )
        check_jwt(token, key, request.body, now, request.url)
    elif check == SECRET:
        # Never the account's own secret: an address is written into logs on its way.
        check_secret(_given_secret(request), account.callback_secret)
    elif check != NO_CHECK:
        raise GatewayError(f"{check} is no way to check a callback.")


def read_callback(
    request: CallbackRequest, rules: CallbackRules, reference: str = ""
) -> Report | None:
    """Return what a callback says; None when that is nothing about a message, or nothing known.

    :param reference: of the message, where the address that was called names it, as proven as the
        rest
    """
    data = request.data
    words = (_first(data, path).strip().lower() for path in alternatives(rules.state))
    state = next((rules.states[word] for word in words if word in rules.states), None)
    provider_id = _first(data, rules.provider_id)[:MAX_ID]
    reference = reference or _first(data, rules.reference)
    if state is None or not (provider_id or reference):
        return None
    error = _first(data, rules.error)
    return Report(state, provider_id, reference, error if error.strip("0") else "")


def _first(data: Any, path: str) -> str:
    return next(iter(find_in_json(data, path)), "")


def _given_secret(request: CallbackRequest) -> str | None:
    query = dict(request.query)
    values = [query.get(name) for name in SECRET_NAMES]
    values += [request.headers.get(name) for name in SECRET_HEADERS]
    found = next((value for value in values if value), None)
    return found.removeprefix("Bearer ") if found else None
