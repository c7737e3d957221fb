"""*Test connection*: every step to a working account, and what is wrong at the first that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..core import reasons as why
from ..core.account import AUTHENTICATIONS, SSL, SSL_STRICT, STARTTLS_STRICT, Account, Secret
from ..core.classification import AUTH, MAIL
from ..core.providers import provider_of
from .connection import Login, open_connection
from .errors import SmtpConnectionError
from .probe import sender_refusal
from .session import Session

#: Step → what it means that it went well.
PASSED = {
    "dns": "The server's name is known.",
    "connect": "The server answers on this port.",
    "tls": "The connection is encrypted.",
    "greeting": "It is an SMTP server, and it lets us in.",
    "hello": "The server has said what it supports.",
    "auth": "The server accepts user name and password.",
    "mail": "The server accepts the sender.",
}


@dataclass(frozen=True)
class Step:
    """One step of the way."""

    key: str
    """Key of :data:`PASSED`."""
    passed: bool
    words: str
    """What was found, a whole sentence."""
    advice: str = ""
    """What to do about it; may be empty."""
    detail: str = ""
    """What the server or the network said; holds no secret."""
    reason: str = ""
    """Key of ``core.reasons.REASONS`` where it failed."""


@dataclass(frozen=True)
class Diagnosis:
    """What a test of an account found."""

    steps: tuple[Step, ...]
    """Those that passed, then the one that failed."""
    warnings: tuple[str, ...] = ()
    """What works and should not stay so."""
    features: tuple[str, ...] = ()
    """What the server supports, sorted."""
    size_limit: int = 0
    """Bytes of the largest message; 0: none announced."""

    @property
    def works(self) -> bool:
        """Whether mail can be sent."""
        return all(step.passed for step in self.steps)

    @property
    def problem(self) -> Step | None:
        """The step that failed."""
        return next((step for step in self.steps if not step.passed), None)


def diagnose(account: Account, sender: str = "", login: Login | None = None) -> Diagnosis:
    """Try an account as far as it goes without sending anything.

    :param sender: address to send from; empty: that step is left out
    :param login: see :func:`.connection.open_connection`
    """
    steps: list[Step] = []

    def passed(key: str) -> None:
        steps.append(Step(key, True, PASSED[key]))

    try:
        client = open_connection(account, login, passed)
    except SmtpConnectionError as error:
        steps.append(_failed(account, error.stage, error.reason, error.detail))
        return Diagnosis(tuple(steps), tuple(_warnings(account, reached=False)))
    session = Session(client, account)
    features = tuple(sorted(client.esmtp_features))
    size_limit = session.size_limit
    if sender:
        refused = sender_refusal(client, account, sender)
        if refused:
            steps.append(_failed(account, MAIL, refused[0], refused[1]))
        else:
            passed(MAIL)
    session.close()
    return Diagnosis(tuple(steps), tuple(_warnings(account, reached=True)), features, size_limit)


def _failed(account: Account, step: str, reason: str, detail: str) -> Step:
    advice = " ".join(filter(None, (why.advice(reason), _provider_advice(account, step))))
    return Step(step, False, why.words(reason), advice, detail, reason)


def _provider_advice(account: Account, step: str) -> str:
    """Compare with what is known of the provider."""
    provider = provider_of(account.host) or provider_of(account.user)
    if not provider:
        return ""
    if step == AUTH or step == MAIL:
        return f"{provider.name}: {provider.note}" if provider.note else ""
    known = (provider.host, provider.port, provider.encryption)
    if known == (account.host.casefold(), account.port, account.encryption):
        return ""
    shown = "TLS from the start" if provider.encryption == SSL_STRICT else "STARTTLS"
    return f"{provider.name} uses {provider.host}, port {provider.port}, {shown}."


def _warnings(account: Account, reached: bool) -> Iterator[str]:
    if account.encryption == "none":
        if account.user:
            yield "User name and password travel unencrypted."
        return
    if reached and not account.strict:
        problem = _certificate_problem(account)
        if problem:
            yield f"The certificate is not checked, and a check would fail: {why.words(problem)}"
        else:
            yield "The certificate is not checked; it is good, so switch validation on."


def _certificate_problem(account: Account) -> str | None:
    strict = SSL_STRICT if account.encryption == SSL else STARTTLS_STRICT
    without = replace(
        account,
        encryption=strict,
        user="",
        secret=Secret(""),
        authentication=AUTHENTICATIONS[0],
    )
    try:
        Session(open_connection(without), without).close()
    except SmtpConnectionError as error:
        return error.reason if error.reason.startswith("certificate_") else None
    return None
