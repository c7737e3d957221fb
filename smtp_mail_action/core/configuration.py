"""Accounts from a configuration file and from the command line.

Any number of sections beside Odoo's own ``[options]``::

    [smtp:orders]
    # or host, port and encryption
    provider = gmail
    user = orders@example.com
    password = …
    from_filter = orders@example.com, example.org
    per_minute = 30

and the options the original knew, which Odoo still has: ``--smtp``, ``--smtp-port``,
``--smtp-user``, ``--smtp-password``, ``--smtp-ssl``. The caller reads the file.
"""

from __future__ import annotations

import configparser
import difflib
from collections.abc import Mapping
from dataclasses import replace

from .account import (
    AUTHENTICATIONS,
    DEFAULT_PORTS,
    ENCRYPTIONS,
    LOGIN,
    NONE,
    SSL,
    STARTTLS,
    Account,
    Secret,
)
from .configuration_values import Values
from .errors import AccountError
from .headers import printable
from .providers import PROVIDERS, Provider

PREFIX = "smtp:"
DEFAULT_NAME = "default"
"""Name of the account of the command line and of ``[options]``."""

_KEYS = (
    "provider",
    "host",
    "port",
    "encryption",
    "ssl",
    "authentication",
    "user",
    "password",
    "certificate",
    "private_key",
    "trusted",
    "from_filter",
    "max_size_mb",
    "sessions",
    "messages_per_session",
    "per_minute",
    "pipelining",
    "reports",
    "local_hostname",
    "connect_seconds",
    "reply_seconds",
    "data_seconds",
)


def read_sections(text: str) -> dict[str, dict[str, str]]:
    """Return name → keys of the ``[smtp:<name>]`` sections in the text of a file.

    ``%`` means nothing special, as in Odoo's own reading; passwords are full of it.

    :raises AccountError: when the file is no configuration file
    """
    parser = configparser.RawConfigParser(inline_comment_prefixes=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        # The message of configparser quotes the line, which may be a password.
        line = (
            getattr(error, "lineno", None)
            or next(iter(getattr(error, "errors", [])), (None, ""))[0]
        )
        where = f" (line {line})" if line else ""
        kind = type(error).__name__.removesuffix("Error")
        raise AccountError([f"The configuration file cannot be read{where}: {kind}."]) from None
    return {
        name[len(PREFIX) :].strip(): dict(parser.items(name))
        for name in parser.sections()
        if name.startswith(PREFIX)
    }


def parse_accounts(sections: Mapping[str, Mapping[str, str]]) -> dict[str, Account]:
    """Return name → account of ``[smtp:<name>]`` sections.

    :raises AccountError: with every fault of every section, none of them quoting a password
    """
    accounts: dict[str, Account] = {}
    problems: list[str] = []
    for name, keys in sections.items():
        try:
            accounts[name] = parse_account(name, keys)
        except AccountError as error:
            problems += error.problems
    if problems:
        raise AccountError(problems)
    return accounts


def parse_account(name: str, keys: Mapping[str, str]) -> Account:
    """Return the account of one section.

    :raises AccountError: with every fault of the section
    """
    values = Values(f"[{PREFIX}{printable(name)}]", keys)
    if not name:
        values.problem("", f"has no name; write [{PREFIX}<name>]")
    _refuse_unknown(values, keys)
    provider = _provider(values)
    host = values.text("host", provider.host if provider else "")
    if not host:
        values.problem("host", "is missing; name the server, or a provider")
    account = Account(
        host=host,
        name=name,
        user=values.text("user"),
        secret=Secret(values.raw("password")),
        certificate=values.text("certificate"),
        private_key=values.text("private_key"),
        trusted=values.text("trusted"),
        from_filter=values.words("from_filter"),
        local_hostname=values.text("local_hostname"),
    )
    account = _connection(values, account, provider)
    account = _limits(values, account)
    _check_together(values, account)
    values.raise_problems()
    return account


def account_from_options(options: Mapping[str, object]) -> Account | None:
    """Return the account of Odoo's own options (``smtp_server`` …), None where none is named.

    ``smtp_ssl`` means STARTTLS without checking the certificate, as in every Odoo since version
    7; only on port 465, where STARTTLS never answers, it means TLS from the start.
    """
    host = str(options.get("smtp_server") or "")
    if not host:
        return None
    values = Values("--smtp", {key: str(value) for key, value in options.items() if value})
    port = values.integer("smtp_port", 25, 1, 65535)
    encryption = NONE
    if values.boolean("smtp_ssl", False):
        encryption = SSL if port == 465 else STARTTLS
    account = Account(
        host=host,
        port=port,
        name=DEFAULT_NAME,
        encryption=encryption,
        user=values.text("smtp_user"),
        secret=Secret(values.raw("smtp_password")),
        certificate=values.text("smtp_ssl_certificate_filename"),
        private_key=values.text("smtp_ssl_private_key_filename"),
        from_filter=values.words("from_filter"),
    )
    values.raise_problems()
    return account


def _refuse_unknown(values: Values, keys: Mapping[str, str]) -> None:
    for key in keys:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"do you mean {near[0]}?" if near else f"there are {', '.join(_KEYS)}"
            values.problem(printable(key), f"is no setting of an account; {hint}")


def _provider(values: Values) -> Provider | None:
    key = values.choice("provider", "", tuple(PROVIDERS))
    return PROVIDERS[key] if key else None


def _connection(values: Values, account: Account, provider: Provider | None) -> Account:
    preset = provider.encryption if provider else NONE
    encryption = values.choice("encryption", "", ENCRYPTIONS)
    port = values.integer("port", 0, 1, 65535)
    if not encryption:
        # The original's word; what it means depends on the port, as with --smtp-ssl.
        asked = values.boolean("ssl", False)
        encryption = (SSL if port == 465 else STARTTLS) if asked else preset
    elif "ssl" in values.given:
        values.problem("ssl", "and encryption are both set; keep encryption")
    usual = provider.port if provider and encryption == preset else DEFAULT_PORTS[encryption]
    user = account.user
    if provider and not user and provider.user not in ("address", "local_part"):
        user = provider.user
    return replace(
        account,
        user=user,
        encryption=encryption,
        port=port or usual,
        authentication=values.choice("authentication", _usual(provider), AUTHENTICATIONS),
    )


def _usual(provider: Provider | None) -> str:
    """A file holds passwords, which do not run out; tokens only where nothing else is accepted."""
    if provider and LOGIN not in provider.authentications:
        return provider.authentications[0]
    return LOGIN


def _limits(values: Values, account: Account) -> Account:
    megabytes = values.number("max_size_mb", 0, 0, 10_000)
    return replace(
        account,
        max_size_bytes=int(megabytes * 1024 * 1024),
        sessions=values.integer("sessions", account.sessions, 1, 50),
        messages_per_session=values.integer(
            "messages_per_session", account.messages_per_session, 1, 100_000
        ),
        per_minute=values.number("per_minute", 0, 0, 1_000_000),
        pipelining=values.boolean("pipelining", account.pipelining),
        reports=values.boolean("reports", account.reports),
        connect_seconds=values.number("connect_seconds", account.connect_seconds, 1, 120),
        reply_seconds=values.number("reply_seconds", account.reply_seconds, 1, 600),
        data_seconds=values.number("data_seconds", account.data_seconds, 1, 900),
    )


def _check_together(values: Values, account: Account) -> None:
    if account.secret and not account.user:
        values.problem("user", "is missing, and there is a password")
    if account.user and not account.secret and not account.certificate:
        values.problem("password", f"is missing for the user {printable(account.user)}")
    if account.private_key and not account.certificate:
        values.problem("certificate", "is missing, and there is a private_key")
    if account.certificate and account.encryption == NONE:
        values.problem("encryption", "is none, but a certificate needs TLS")
