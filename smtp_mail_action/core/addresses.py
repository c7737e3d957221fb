"""E-mail addresses: one mailbox, what is wrong with a text, and what SMTP needs of it.

Syntax: RFC 5321 section 4.1.2 and RFC 6531 section 3.3 (letters beyond ASCII); domains: IDNA 2008
with the mapping of UTS 46, as browsers do it (``faß.de`` is ``xn--fa-hia.de``).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import idna

from .errors import AddressError
from .headers import FORBIDDEN, printable, spoken

MISSING = "missing"
LINE_BREAK = "line_break"
NO_AT = "no_at"
BAD_LOCAL = "bad_local"
BAD_DOMAIN = "bad_domain"
TOO_LONG = "too_long"
UNCLEAR = "unclear"

REASONS = {
    MISSING: "there is no address",
    LINE_BREAK: "it holds a line break or another control character",
    NO_AT: "it has no @ between name and domain",
    BAD_LOCAL: "the part before the @ is not allowed",
    BAD_DOMAIN: "the part after the @ is no domain",
    TOO_LONG: "it is longer than mail servers accept",
    UNCLEAR: "it cannot be read as name and address",
}
"""Reason → why, for people."""

# RFC 5321, section 4.5.3.1; octets.
_LOCAL_OCTETS = 64
_DOMAIN_OCTETS = 255
_PATH_OCTETS = 254

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~\u00a1-\U0010ffff]|\\[ -~])*"')
_SPACE = re.compile(r"\s")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address that can be mailed to. Made by :func:`mailbox` only, which checks it."""

    local: str
    """The part before the @, as it was written."""
    domain: str
    """The domain in ASCII, in lower case (punycode for IDN); a literal such as ``[192.0.2.1]``."""
    name: str = ""
    """Name to display; may be empty."""

    @property
    def address(self) -> str:
        """The address for the SMTP envelope and for headers; ASCII unless SMTPUTF8 is needed."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can take it."""
        return not self.local.isascii()

    @property
    def key(self) -> str:
        """Equal for addresses that reach the same mailbox on every known server."""
        return self.address.casefold()

    @property
    def shown(self) -> str:
        """The address for people: the domain in its own letters."""
        if "xn--" not in self.domain:
            return self.address
        try:
            return f"{self.local}@{idna.decode(self.domain)}"
        except idna.IDNAError:
            return self.address

    def __str__(self) -> str:
        if not self.name:
            return self.shown
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{self.shown}>'


def mailbox(address: str, name: str = "", dotless: bool = False) -> Mailbox:
    """Return the mailbox of a bare address.

    :param dotless: accept a domain without a dot, such as ``localhost``
    :raises AddressError: with a reason of :data:`REASONS`
    """
    for text in (address, name):
        found = FORBIDDEN.search(text)
        if found:
            raise _error(text, LINE_BREAK, spoken(found.group()))
    stripped = address.strip()
    if not stripped:
        raise _error(address, MISSING)
    local, at, domain = stripped.rpartition("@")
    if not at:
        raise _error(address, NO_AT)
    if not (_DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)):
        raise _error(address, BAD_LOCAL, _local_fault(local))
    if _SPACE.search(local) and not local.startswith('"'):
        raise _error(address, BAD_LOCAL, "it holds a space")
    try:
        octets = len(local.encode())
    except UnicodeEncodeError:
        raise _error(address, BAD_LOCAL, "it holds half of a character") from None
    ascii_domain = _domain(address, domain, dotless)
    if octets > _LOCAL_OCTETS or octets + 1 + len(ascii_domain) > _PATH_OCTETS:
        raise _error(address, TOO_LONG)
    return Mailbox(local, ascii_domain, name.strip())


def ascii_host(host: str) -> str:
    """Return a host name in ASCII; as it is where it has no such form."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except UnicodeError:
        return host


def _domain(address: str, domain: str, dotless: bool) -> str:
    if domain.startswith("[") and domain.endswith("]"):
        return _literal(address, domain)
    # Before IDNA, whose work grows with the square of the length.
    if len(domain) > _DOMAIN_OCTETS:
        raise _error(address, TOO_LONG)
    try:
        encoded = idna.encode(domain, uts46=True).decode() if not domain.isascii() else domain
    except (idna.IDNAError, UnicodeError):
        raise _error(address, BAD_DOMAIN, "its letters are no domain name") from None
    encoded = encoded.lower()
    labels = encoded.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _error(address, BAD_DOMAIN, _domain_fault(labels))
    if len(encoded) > _DOMAIN_OCTETS:
        raise _error(address, TOO_LONG)
    if len(labels) < 2 and not dotless:
        raise _error(address, BAD_DOMAIN, "it has no dot, as in example.com")
    if labels[-1].isdigit():
        raise _error(address, BAD_DOMAIN, "a number as an address is written in brackets")
    return encoded


def _literal(address: str, domain: str) -> str:
    inner = domain[1:-1]
    version6 = inner.lower().startswith("ipv6:")
    try:
        if version6:
            return f"[IPv6:{ipaddress.IPv6Address(inner[5:])}]"
        return f"[{ipaddress.IPv4Address(inner)}]"
    except ValueError:
        raise _error(address, BAD_DOMAIN, "the brackets hold no IP address") from None


def _local_fault(local: str) -> str:
    if not local:
        return "it is empty"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "a dot stands at an end of it or beside another dot"
    if "@" in local:
        return "there are two @"
    if _SPACE.search(local):
        return "it holds a space"
    return "it holds a character that must be quoted"


def _domain_fault(labels: list[str]) -> str:
    if not any(labels):
        return "it is empty"
    if not all(labels):
        return "a dot stands at an end of it or beside another dot"
    return "it may hold letters, digits, dots and hyphens inside only"


def _error(text: str, reason: str, detail: str = "") -> AddressError:
    shown = printable(text.strip())
    why = REASONS[reason] + (f": {detail}" if detail else "")
    message = f"“{shown}” is no e-mail address: {why}." if shown else "There is no e-mail address."
    return AddressError(shown, reason, message)
