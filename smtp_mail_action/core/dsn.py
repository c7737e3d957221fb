"""Reports a server is asked for with a message (RFC 3461): that it failed or is late, for whom.

Servers report failures unasked. What is asked for here is that the report names the message and
the recipient as they were given, also behind a forwarding address or without the message itself.
"""

from __future__ import annotations

import re

_MAX_ENVELOPE_ID = 100
_MAX_RECIPIENT = 500
_ENCODED = re.compile(r"\+([2-6][0-9A-Fa-f]|7[0-9A-Ea-e])")


def xtext(text: str) -> str:
    """Return a text in ASCII as it stands in a parameter (RFC 3461, section 4)."""
    return "".join(
        one if "!" <= one <= "~" and one not in "+=" else f"+{ord(one):02X}" for one in text
    )


def from_xtext(text: str) -> str:
    """Return what was encoded; other text stays as it is, and so do control characters.

    A report comes from anybody, and PostgreSQL refuses NUL: it would fail each time it is fetched.
    """
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), text)


def mail_parameters(message_id: str) -> list[str]:
    """Return the parameters of MAIL: headers only come back, and the message's own ID."""
    number = xtext(message_id) if message_id.isascii() else ""
    known = [f"ENVID={number}"] if 0 < len(number) <= _MAX_ENVELOPE_ID else []
    return ["RET=HDRS", *known]


def rcpt_parameters(address: str) -> list[str]:
    """Return the parameters of RCPT; an address beyond ASCII has no form old servers know."""
    known = xtext(address) if address.isascii() else ""
    original = [f"ORCPT=rfc822;{known}"] if 0 < len(known) <= _MAX_RECIPIENT else []
    return ["NOTIFY=FAILURE,DELAY", *original]
