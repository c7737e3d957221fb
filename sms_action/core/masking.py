"""Secrets out of what is logged or stored."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from odoo.addons.server_action_engine.core.redact import HIDDEN, scrub

SHORTEST = 4
"""Characters below which a secret is not looked for in free text: it would be found everywhere."""


def mask(text: str, secrets: Iterable[str], account: str = "") -> str:
    """Return the text without these secrets, as they are or encoded, nor what looks like one.

    :param account: the name that stands beside the secret in HTTP's basic authentication
    """
    spellings: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST:
            pair = base64.b64encode(f"{account}:{secret}".encode()).decode()
            spellings |= {secret, quote(secret, safe=""), quote_plus(secret), pair}
    # The longest first, or a secret inside another one would leave the rest of it.
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, HIDDEN)
    return str(scrub(text))
