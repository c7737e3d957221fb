"""Accounts from sections of the configuration file and from Odoo's options."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.core.account import Account, Secret
from smtp_mail_action.core.configuration import (
    account_from_options,
    parse_account,
    parse_accounts,
    read_sections,
)
from smtp_mail_action.core.errors import AccountError
from smtp_mail_action.core.providers import PROVIDERS, provider_of

FILE = """
[options]
admin_passwd = %secret%
smtp_server = localhost

[smtp:orders]
provider = gmail
user = orders@example.com
password = 50%(off)s;#=x
from_filter = orders@example.com, example.org
per_minute = 30

[smtp: relay ]
host = mail.example.com
encryption = starttls_strict
sessions = 8

[other]
key = value
"""


def problems(keys, name="x"):
    with pytest.raises(AccountError) as caught:
        parse_account(name, keys)
    return caught.value.problems


def test_any_number_of_sections_beside_odoos_own():
    accounts = parse_accounts(read_sections(FILE))
    assert list(accounts) == ["orders", "relay"]
    orders, relay = accounts.values()
    assert (orders.host, orders.port, orders.encryption) == ("smtp.gmail.com", 465, "ssl_strict")
    assert orders.secret.reveal() == "50%(off)s;#=x"
    assert orders.authentication == "login"
    assert orders.from_filter == ("orders@example.com", "example.org")
    assert orders.per_minute == 30
    assert (relay.host, relay.port, relay.sessions) == ("mail.example.com", 587, 8)


def test_everything_can_be_set():
    account = parse_account(
        "all",
        {
            "host": "mail.example.com",
            "port": "2525",
            "encryption": "ssl",
            "authentication": "xoauth2",
            "user": "me",
            "password": "token",
            "certificate": "/c.pem",
            "private_key": "/k.pem",
            "trusted": "/t.pem",
            "max_size_mb": "1.5",
            "messages_per_session": "7",
            "pipelining": "no",
            "reports": "yes",
            "local_hostname": "odoo.example.com",
            "connect_seconds": "5",
            "reply_seconds": "6",
            "data_seconds": "7",
        },
    )
    assert account == Account(
        host="mail.example.com",
        port=2525,
        name="all",
        encryption="ssl",
        authentication="xoauth2",
        user="me",
        secret=Secret("token"),
        certificate="/c.pem",
        private_key="/k.pem",
        trusted="/t.pem",
        max_size_bytes=1572864,
        messages_per_session=7,
        pipelining=False,
        reports=True,
        local_hostname="odoo.example.com",
        connect_seconds=5,
        reply_seconds=6,
        data_seconds=7,
    )


@pytest.mark.parametrize(
    ("encryption", "port"),
    [("none", 25), ("starttls", 587), ("starttls_strict", 587), ("ssl", 465), ("ssl_strict", 465)],
)
def test_the_usual_port_goes_with_the_encryption(encryption, port):
    assert parse_account("x", {"host": "h", "encryption": encryption}).port == port


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "[smtp:x]: host is missing; name the server, or a provider."),
        ({"host": "h", "prot": "1"}, "prot is no setting of an account; do you mean port?"),
        ({"host": "h", "zzz": "1"}, "zzz is no setting of an account; there are provider, host"),
        ({"host": "h", "port": "smtp"}, "port is “smtp”; use a number from 1 to 65535"),
        ({"host": "h", "port": "70000"}, "port is “70000”; use a number from 1 to 65535"),
        ({"host": "h", "port": "25.5"}, "port is “25.5”; use a whole number"),
        ({"host": "h", "encryption": "tls"}, "encryption is “tls”; "),
        ({"provider": "gmial"}, "provider is “gmial”; do you mean gmail?"),
        ({"host": "h", "ssl": "maybe"}, "ssl is “maybe”; use yes or no"),
        ({"host": "h", "ssl": "1", "encryption": "ssl"}, "ssl and encryption are both set"),
        ({"host": "h", "password": "p"}, "user is missing, and there is a password"),
        ({"host": "h", "user": "u"}, "password is missing for the user u"),
        ({"host": "h", "private_key": "k"}, "certificate is missing"),
        ({"host": "h", "certificate": "c"}, "encryption is none, but a certificate needs TLS"),
        ({"host": "h\nx"}, "host holds a line break"),
        ({"host": "h", "sessions": "0"}, "sessions is “0”; use a number from 1 to 50"),
        ({"host": "h", "per_minute": "nan"}, "per_minute is “nan”; use a number from 0"),
    ],
)
def test_each_fault_is_named_with_its_section_and_key(keys, said):
    assert any(said in one for one in problems(keys)), problems(keys)


def test_all_faults_of_all_sections_are_said_at_once():
    with pytest.raises(AccountError) as caught:
        parse_accounts({"a": {"port": "x"}, "b": {"host": "h"}, "c": {}, "": {"host": "h"}})
    assert len(caught.value.problems) == 4
    assert "[smtp:]: has no name; write [smtp:<name>]." in caught.value.problems


@given(st.text(min_size=12, alphabet="abcdefghij%;#='\"\\ []"))
def test_no_password_is_quoted_by_an_error(password):
    secret = f"Q{password}Q"
    keys = {"password": secret, "port": "x", "hots": "h", "sessions": "many"}
    assert all(secret not in one for one in problems(keys))
    with pytest.raises(AccountError) as caught:
        read_sections(f"[smtp:a]\npassword = x\n  broken\n{secret}\n[[\n[smtp:a]\n")
    assert secret not in str(caught.value)


def test_a_file_that_cannot_be_read_names_the_line():
    with pytest.raises(AccountError, match=r"line 3.*MissingSectionHeader|line 1"):
        read_sections("key without section\n")
    with pytest.raises(AccountError, match="line 3"):
        read_sections("[smtp:a]\nhost = h\nno equals sign\n")


# Odoo's options


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"smtp_server": "localhost"}, ("localhost", 25, "none")),
        ({"smtp_server": "h", "smtp_port": 587, "smtp_ssl": True}, ("h", 587, "starttls")),
        ({"smtp_server": "h", "smtp_port": "465", "smtp_ssl": True}, ("h", 465, "ssl")),
        ({"smtp_server": "h", "smtp_port": 465, "smtp_ssl": False}, ("h", 465, "none")),
    ],
)
def test_the_options_of_the_command_line(options, expected):
    account = account_from_options(options)
    assert (account.host, account.port, account.encryption) == expected
    assert account.name == "default"


def test_all_options_of_odoo():
    account = account_from_options(
        {
            "smtp_server": "h",
            "smtp_port": 587,
            "smtp_ssl": True,
            "smtp_user": "u",
            "smtp_password": "p",
            "smtp_ssl_certificate_filename": "/c",
            "smtp_ssl_private_key_filename": "/k",
            "from_filter": "example.com,example.org",
            "email_from": False,
        }
    )
    assert (account.user, account.secret, account.certificate) == ("u", Secret("p"), "/c")
    assert account.from_filter == ("example.com", "example.org")


def test_without_a_server_there_is_no_account():
    assert account_from_options({"smtp_server": ""}) is None
    assert account_from_options({}) is None


def test_a_port_that_is_none():
    with pytest.raises(AccountError, match="--smtp: smtp_port is “0”"):
        account_from_options({"smtp_server": "h", "smtp_port": "0"})


# Accounts and providers


def test_a_secret_is_not_shown_stored_or_copied_by_accident():
    account = Account(host="h", user="u", secret=Secret("hunter2"))
    for text in (repr(account), str(account), f"{account.secret}", f"{account.secret:>10}"):
        assert "hunter2" not in text
    with pytest.raises(TypeError):
        pickle.dumps(account)
    with pytest.raises(TypeError):
        copy.deepcopy(account)
    assert not Secret("")
    assert Secret("a") == Secret("a") != Secret("b")


@pytest.mark.parametrize(
    ("filters", "address", "allowed"),
    [
        ((), "a@x.org", True),
        (("x.org",), "A@X.org", True),
        (("a@x.org",), "a@x.org", True),
        (("a@x.org",), "b@x.org", False),
        (("x.org",), "a@sub.x.org", False),
    ],
)
def test_which_senders_an_account_may_use(filters, address, allowed):
    assert Account(host="h", from_filter=filters).may_send_from(address) is allowed


def test_a_provider_is_known_by_an_address_or_by_its_host():
    assert provider_of("me@GMAIL.com").key == "gmail"
    assert provider_of("smtp.office365.com").key == "microsoft365"
    assert provider_of("me@example.com") is None
    assert provider_of("") is None
    assert provider_of("me@web.de").user_of("me@web.de") == "me"
    assert PROVIDERS["sendgrid"].user_of("me@example.com") == "apikey"


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_presets_are_complete_and_checked_encryption(provider):
    assert provider.encryption in ("ssl_strict", "starttls_strict")
    assert provider.port == (465 if provider.encryption == "ssl_strict" else 587)
    assert provider.authentications
    assert not provider.note or provider.note.endswith(".")
    keys = {"provider": provider.key, "user": "u", "password": "p"}
    assert parse_account("x", keys).host == provider.host


def test_a_provider_that_takes_tokens_only_takes_a_token():
    account = parse_account("x", {"provider": "microsoft365", "user": "u", "password": "token"})
    assert account.authentication == "xoauth2"
