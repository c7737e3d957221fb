"""Reports a server is asked for: their parameters, and what comes back (RFC 3461, RFC 3464)."""

from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.core.bounce import read_reports, reported_message
from smtp_mail_action.core.dsn import from_xtext, mail_parameters, rcpt_parameters, xtext


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_what_is_encoded_is_read_back(text):
    assert from_xtext(xtext(text)) == text


@given(st.text(st.characters(max_codepoint=127)))
def test_control_characters_pass_in_no_direction(text):
    assert all("!" <= one <= "~" for one in xtext(text))
    assert from_xtext(xtext(text)).isprintable()


@pytest.mark.parametrize(
    ("message_id", "expected"),
    [
        ("<1@odoo>", ["RET=HDRS", "ENVID=<1@odoo>"]),
        ("", ["RET=HDRS"]),
        ("<a b\r\n@odoo>", ["RET=HDRS", "ENVID=<a+20b+0D+0A@odoo>"]),
        (f"<{'1' * 99}@odoo>", ["RET=HDRS"]),
        ("<ä@odoo>", ["RET=HDRS"]),
    ],
)
def test_parameters_of_mail(message_id, expected):
    assert mail_parameters(message_id) == expected


def test_an_address_beyond_ascii_is_not_named():
    assert rcpt_parameters("jörg@example.com") == ["NOTIFY=FAILURE,DELAY"]


REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Original-Envelope-Id: <1.2+2B3@odoo>

Original-Recipient: rfc822;bob+2Bshop@example.com
Final-Recipient: rfc822;robert@example.net
Action: failed
Status: 5.1.1

--b--
"""


def test_the_message_and_the_recipient_a_report_names():
    message = message_from_string(REPORT)
    assert reported_message(message) == "<1.2+3@odoo>"
    [found] = read_reports(message)
    assert "bob+shop@example.com" in found.addresses
    evil = message_from_string(REPORT.replace("+2B", "+00+0A"))
    [found] = read_reports(evil)
    assert all(one.isprintable() for one in (reported_message(evil), *found.addresses))
    assert reported_message(message_from_string("Subject: Hello\n\nHello")) == ""
