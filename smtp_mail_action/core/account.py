"""What has to be known to send through an SMTP server."""

from __future__ import annotations

from dataclasses import dataclass, field

NONE = "none"
STARTTLS = "starttls"
STARTTLS_STRICT = "starttls_strict"
SSL = "ssl"
SSL_STRICT = "ssl_strict"
ENCRYPTIONS = (NONE, STARTTLS, STARTTLS_STRICT, SSL, SSL_STRICT)
"""The values of Odoo's ``ir.mail_server.smtp_encryption``; *strict* checks the certificate."""

LOGIN = "login"
XOAUTH2 = "xoauth2"
AUTHENTICATIONS = (LOGIN, XOAUTH2)
"""``login``: the best of CRAM-MD5, PLAIN and LOGIN; ``xoauth2``: the secret is a ready token."""

DEFAULT_PORTS = {NONE: 25, STARTTLS: 587, STARTTLS_STRICT: 587, SSL: 465, SSL_STRICT: 465}


class Secret:
    """A password or token that no log, error or ``repr`` shows by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself; for the line that sends it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(•••)" if self._value else "Secret()"

    def __str__(self) -> str:
        return "•••" if self._value else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not pickled or copied into another process")


@dataclass(frozen=True)
class Account:
    """One account. Times are seconds."""

    host: str
    port: int = 25
    name: str = ""
    """How people call it."""
    encryption: str = NONE
    """One of :data:`ENCRYPTIONS`."""
    authentication: str = LOGIN
    """One of :data:`AUTHENTICATIONS`; used where there is a user."""
    user: str = ""
    """Empty: no sign-in."""
    secret: Secret = field(default_factory=lambda: Secret(""))
    """Password, or the complete XOAUTH2 string before base64."""
    certificate: str = ""
    """Path of a client certificate (PEM); empty: none."""
    private_key: str = ""
    """Path of its key; empty: in the same file."""
    trusted: str = ""
    """Path of a file with further trusted certificates (PEM), beside this machine's."""
    from_filter: tuple[str, ...] = ()
    """Addresses and domains it may send from; empty: all."""
    max_size_bytes: int = 0
    """Largest message; 0: what the server announces."""
    sessions: int = 2
    """Sessions in parallel at most. Default 2; many providers allow 5 to 10."""
    messages_per_session: int = 100
    """Messages after which a session is renewed. Default 100, a usual limit of servers."""
    per_minute: float = 0.0
    """Messages a minute; 0: no limit."""
    pipelining: bool = True
    """Whether to send commands in one go where the server offers it (RFC 2920)."""
    reports: bool = False
    """Whether to ask for reports that name message and recipient, where the server offers it."""
    local_hostname: str = ""
    """Name in EHLO; empty: this machine's."""
    connect_seconds: float = 15.0
    """Time limit for the connection, the greeting and the sign-in, each."""
    reply_seconds: float = 60.0
    """Time limit for each reply."""
    data_seconds: float = 180.0
    """Time limit for the reply to the whole message, which servers check first. RFC 5321 section
    4.5.3.2.6 suggests 10 minutes; a scheduled action has not that long."""

    @property
    def implicit_tls(self) -> bool:
        """Whether TLS comes before the first word."""
        return self.encryption in (SSL, SSL_STRICT)

    @property
    def starttls(self) -> bool:
        """Whether TLS is asked for on a plain connection; without it nothing is sent."""
        return self.encryption in (STARTTLS, STARTTLS_STRICT)

    @property
    def strict(self) -> bool:
        """Whether the certificate is checked."""
        return self.encryption in (STARTTLS_STRICT, SSL_STRICT)

    def may_send_from(self, address: str) -> bool:
        """Whether the account may be used for a sender."""
        if not self.from_filter:
            return True
        address = address.casefold()
        allowed = {one.casefold() for one in self.from_filter}
        return address in allowed or address.rpartition("@")[2] in allowed
