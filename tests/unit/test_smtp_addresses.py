"""E-mail addresses: what is one, what is none and why, and what SMTP makes of it."""

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.core.address_lists import header_value, parse_addresses, parse_mailbox
from smtp_mail_action.core.addresses import REASONS, Mailbox, mailbox
from smtp_mail_action.core.errors import AddressError


@pytest.mark.parametrize(
    ("text", "address", "smtputf8"),
    [
        ("ann@example.com", "ann@example.com", False),
        ("  ann@Example.COM ", "ann@example.com", False),
        ("Ann.Lee+tag@example.co.uk", "Ann.Lee+tag@example.co.uk", False),
        ("o'neil@example.com", "o'neil@example.com", False),
        ('"a b"@example.com', '"a b"@example.com', False),
        ('"a@b"@example.com', '"a@b"@example.com', False),
        ("ok@exämple.com", "ok@xn--exmple-cua.com", False),
        # IDNA 2008; IDNA 2003, as Python's own codec has it, makes fass.de of it.
        ("a@faß.de", "a@xn--fa-hia.de", False),
        ("a@ПРИМЕР.рф", "a@xn--e1afmkfd.xn--p1ai", False),
        ("jörg@example.com", "jörg@example.com", True),
        ("用户@例子.cn", "用户@xn--fsqu00a.cn", True),
        ("a@[192.0.2.1]", "a@[192.0.2.1]", False),
        ("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]", False),
    ],
)
def test_addresses_as_smtp_wants_them(text, address, smtputf8):
    found = mailbox(text)
    assert found.address == address
    assert found.needs_smtputf8 is smtputf8


@pytest.mark.parametrize(
    ("text", "reason", "word"),
    [
        ("", "missing", "no e-mail address"),
        ("   ", "missing", "no e-mail address"),
        ("ann", "no_at", "no @"),
        ("@example.com", "bad_local", "empty"),
        ("ann@", "bad_domain", "empty"),
        ("ann@@example.com", "bad_local", "two @"),
        (".ann@example.com", "bad_local", "dot"),
        ("ann..lee@example.com", "bad_local", "dot"),
        ("ann lee@example.com", "bad_local", "space"),
        ("ann(x)@example.com", "bad_local", "quoted"),
        ("ann@example", "bad_domain", "no dot"),
        ("ann@example..com", "bad_domain", "dot"),
        ("ann@-example.com", "bad_domain", "hyphens"),
        ("ann@exam_ple.com", "bad_domain", "letters"),
        ("ann@192.0.2.1", "bad_domain", "brackets"),
        ("ann@[example.com]", "bad_domain", "IP address"),
        ("ann@\u2603\u200d.com", "bad_domain", "domain name"),
        ("a" * 65 + "@example.com", "too_long", "longer"),
        ("a@" + "b" * 300 + ".com", "too_long", "longer"),
        ("a@" + "ä" * 5000 + ".com", "too_long", "longer"),
        ("ann@example.com\r\nBcc: x@example.com", "line_break", "line break"),
        ("ann\n@example.com", "line_break", "line break"),
        ("ann@example.com\u2028", "line_break", "line break"),
        ("ann\x00@example.com", "line_break", "U+0000"),
        ("ann\ud800@example.com", "bad_local", "half of a character"),
    ],
)
def test_what_is_no_address_says_why(text, reason, word):
    with pytest.raises(AddressError) as caught:
        mailbox(text)
    assert caught.value.reason == reason
    assert reason in REASONS
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_domain_without_a_dot_is_a_choice_of_the_caller():
    assert mailbox("root@localhost", dotless=True).address == "root@localhost"


def test_a_name_with_a_line_break_is_refused():
    with pytest.raises(AddressError):
        mailbox("ann@example.com", "Ann\r\nBcc: x@example.com")


def test_people_see_the_domain_in_its_own_letters():
    assert mailbox("ok@exämple.com").shown == "ok@exämple.com"
    assert str(mailbox("ok@exämple.com", 'Ann "A"')) == '"Ann \\"A\\"" <ok@exämple.com>'
    assert mailbox("a@xn--a.com").shown == "a@xn--a.com"


# Lists


def found(*texts):
    return [(one.name, one.address) for one in parse_addresses(*texts).mailboxes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@x.org, b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("a@x.org; b@x.org;", [("", "a@x.org"), ("", "b@x.org")]),
        ("Ann <a@x.org>", [("Ann", "a@x.org")]),
        ('"Lee, Bo" <b@x.org>, c@x.org', [("Lee, Bo", "b@x.org"), ("", "c@x.org")]),
        ('"a \\"b\\"; c" <b@x.org>', [('a "b"; c', "b@x.org")]),
        ("a@x.org (home, sweet), b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("Team: a@x.org, b@x.org;", [("", "a@x.org"), ("", "b@x.org")]),
        ("undisclosed-recipients:;", []),
        ('"Bike@Home" <b@x.org>', [("Bike@Home", "b@x.org")]),
        ("Jörg <j@x.org>", [("Jörg", "j@x.org")]),
        ("<a@x.org>", [("", "a@x.org")]),
        (" , ;; ", []),
    ],
)
def test_lists_as_people_write_them(text, expected):
    assert found(text) == expected
    assert not parse_addresses(text).problems


def test_nothing_is_an_empty_list():
    assert parse_addresses(None, "", "  ") == parse_addresses()


def test_the_same_address_twice_is_one_with_the_name_it_has():
    assert found("a@x.org, Ann <A@X.ORG>", "a@x.org") == [("Ann", "A@x.org")]


def test_one_bad_entry_does_not_spoil_the_others():
    parsed = parse_addresses("a@x.org, nobody, b@x.org", "c@x.org\r\nBcc: d@x.org")
    assert [one.address for one in parsed.mailboxes] == ["a@x.org", "b@x.org"]
    assert [one.reason for one in parsed.problems] == ["no_at", "line_break"]


@pytest.mark.parametrize(
    "text", ["a@x.org b@x.org>", "<a@x.org> <b@x.org>", "a@x.org>", "<<a@x.org>"]
)
def test_what_cannot_be_read_is_a_problem(text):
    assert [one.reason for one in parse_addresses(text).problems] == ["unclear"]


@given(st.text())
def test_any_text_gives_addresses_or_problems_and_no_line_breaks(text):
    parsed = parse_addresses(text)
    for one in parsed.mailboxes:
        assert one.address == mailbox(one.address).address
        assert not set("\r\n") & set(one.name + one.address)
    for problem in parsed.problems:
        assert "\n" not in str(problem)


LOCAL = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9]{1,10}){0,2}", fullmatch=True)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=30)


@given(st.lists(st.builds(mailbox, LOCAL.map("{}@example.com".format), NAME), max_size=5))
def test_what_is_written_is_read_back(mailboxes):
    once = {one.key: one for one in reversed(mailboxes)}
    text = ", ".join(str(one) for one in once.values())
    assert {one.key: one for one in parse_addresses(text).mailboxes} == once


# Headers


@given(st.lists(st.builds(mailbox, LOCAL.map("{}@exämple.com".format), NAME), max_size=3))
def test_a_header_is_ascii_and_keeps_its_addresses(mailboxes):
    value = header_value(mailboxes)
    assert value.isascii()
    message = email.message_from_string(f"To: {value}\n\n", policy=email.policy.default)
    assert [one.addr_spec for one in message["To"].addresses] == [one.address for one in mailboxes]


def test_an_encoded_name_and_a_plain_domain():
    assert header_value([mailbox("a@exämple.com", "Jörg")]) == (
        "=?utf-8?b?SsO2cmc=?= <a@xn--exmple-cua.com>"
    )
    assert header_value([mailbox("jörg@example.com", "Jörg")]).endswith("<jörg@example.com>")


def test_one_address_is_read_from_one_text():
    assert parse_mailbox("Ann <ann@example.com>") == Mailbox("ann", "example.com", "Ann")
    with pytest.raises(AddressError):
        parse_mailbox("a@x.org, b@x.org")
