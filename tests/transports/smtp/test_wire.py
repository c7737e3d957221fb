"""The bytes of a message on the wire: line ends and dots."""

import smtplib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.transports.envelope import Envelope


def wire(content):
    return Envelope("a@example.com", ("b@example.com",), content).wire()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", b"\r\n"),
        (b"a", b"a\r\n"),
        (b"a\nb\r\nc\rd\r\n", b"a\r\nb\r\nc\r\nd\r\n"),
        (b".", b"..\r\n"),
        (b"a\n.\nb\n..c\n", b"a\r\n..\r\nb\r\n...c\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n"),
        (b"a\r\r\n.\n", b"a\r\n\r\n..\r\n"),
    ],
)
def test_every_line_ends_in_crlf_and_none_is_a_single_dot(content, expected):
    assert wire(content) == expected


@given(st.binary() | st.text(alphabet="a.\r\n").map(str.encode))
def test_whatever_it_is_it_ends_where_it_ends(content):
    made = wire(content)
    assert made.endswith(b"\r\n")
    lines = made.split(b"\r\n")
    assert b"." not in lines
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    # The standard library's own way, as the second opinion.
    theirs = smtplib._quote_periods(smtplib._fix_eols(content.decode("latin-1")).encode("latin-1"))
    assert made == (theirs if theirs.endswith(b"\r\n") else theirs + b"\r\n")
