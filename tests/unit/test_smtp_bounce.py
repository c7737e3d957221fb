"""Which messages that come back are bounces, of whom, and why."""

import email
import email.policy
from datetime import datetime

import pytest

from smtp_mail_action.core import delivery as life
from smtp_mail_action.core import reasons as why
from smtp_mail_action.core.bounce import MAX_REPORTS, is_failure, read_reports

POSTFIX = """Final-Recipient: rfc822; bob@example.com
Original-Recipient: rfc822;bob@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 5.1.1 <bob@example.com>: Recipient address rejected:
    User unknown in virtual mailbox table"""
EXCHANGE = """Original-Recipient: rfc822;Bob@Example.com
Final-Recipient: rfc822;Bob@Example.com
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full;
 STOREDRV.Deliver.Exception:QuotaExceededException"""
EXIM = """Action: failed
Final-Recipient: rfc822;bob@example.com
Status: 5.0.0
Remote-MTA: dns; mx.example.com
Diagnostic-Code: smtp; 550 No such recipient here"""
GIVEN_UP = """Final-Recipient: rfc822; bob@example.com
Action: failed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.example.com[192.0.2.1]:25: Connection timed out"""
DELAYED = """Final-Recipient: rfc822; bob@example.com
Action: delayed
Status: 4.4.1
Will-Retry-Until: Mon, 30 Nov 2026 10:00:00 +0000"""
DELIVERED = """Final-Recipient: rfc822; bob@example.com
Action: delivered
Status: 2.0.0"""
WITHOUT_ACTION = """Final-Recipient: rfc822; bob@example.com
Status: 5.7.1 (refused)"""
SILENT = """Final-Recipient: rfc822; bob@example.com
Action: failed
Status: 5.0.0"""


def report(*recipients):
    """Return a report about recipients, as servers write them."""
    blocks = "\n\n".join(["Reporting-MTA: dns; mail.example.org", *recipients])
    return parse(
        "From: MAILER-DAEMON@example.org (Mail Delivery System)\n"
        "Auto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you …\n"
        f"--b\nContent-Type: message/delivery-status\n\n{blocks}\n\n"
        "--b\nContent-Type: message/rfc822\n\nMessage-Id: <1@shop>\nSubject: Hello\n\nHello\n"
        "--b--\n"
    )


def parse(text):
    return email.message_from_bytes(text.encode(), policy=email.policy.SMTP)


@pytest.mark.parametrize(
    ("block", "reason", "reply"),
    [
        (POSTFIX, why.UNKNOWN_MAILBOX, "550 5.1.1 <bob@example.com>: Recipient address rejected"),
        (EXCHANGE, why.MAILBOX_FULL, "554 5.2.2 mailbox full"),
        (EXIM, why.UNKNOWN_MAILBOX, "550 5.0.0 No such recipient here"),
        (GIVEN_UP, why.EXPIRED, "4.4.1 connect to mx.example.com"),
        (WITHOUT_ACTION, why.POLICY, "5.7.1"),
        (SILENT, why.BOUNCED, "5.0.0"),
    ],
    ids=["postfix", "exchange", "exim", "given up", "without action", "silent"],
)
def test_failures(block, reason, reply):
    message = report(block)
    [found] = read_reports(message)
    assert found.address == "bob@example.com"
    assert is_failure(message, [found])
    assert found.reason == reason
    assert found.reply.shown.startswith(reply)


@pytest.mark.parametrize("block", [DELAYED, DELIVERED], ids=["delayed", "delivered"])
def test_notices_are_no_failures(block):
    message = report(block)
    assert not is_failure(message, read_reports(message))


def test_each_recipient_has_its_own_report():
    found = read_reports(report(DELAYED.replace("bob", "ann"), POSTFIX))
    assert [(one.address, one.failed) for one in found] == [
        ("ann@example.com", False),
        ("bob@example.com", True),
    ]


def test_the_address_the_author_gave_is_known_after_forwarding():
    forwarded = POSTFIX.replace("Final-Recipient: rfc822; bob", "Final-Recipient: rfc822; bobby")
    [found] = read_reports(report(forwarded))
    assert (found.address, found.original) == ("bobby@example.com", "bob@example.com")


@pytest.mark.parametrize(
    ("head", "failure"),
    [
        ("From: MAILER-DAEMON@example.org\nAuto-Submitted: auto-replied", True),
        ("From: Mail System <mailer-daemon@example.org>", True),
        ("From: postmaster@example.org", True),
        ("From: Ann <ann@example.com>\nAuto-Submitted: auto-replied; owner=ann", False),
        ("From: ann@example.com\nPrecedence: auto_reply", False),
        ("From: ann@example.com\nX-Autoreply: yes", False),
        ("From: ann@example.com\nAuto-Submitted: no", True),
        (
            "From: ann@example.com\nAuto-Submitted: auto-replied\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            True,
        ),
        (
            "From: ann@example.com\n"
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"',
            False,
        ),
    ],
)
def test_without_a_report(head, failure):
    """What reached the bounce address: automatic answers and receipts are no bounces."""
    message = parse(f"{head}\nSubject: Your message\n\nI am away.\n")
    assert read_reports(message) == []
    assert is_failure(message, []) is failure


@pytest.mark.parametrize(
    "text",
    [
        "Content-Type: message/delivery-status\n\nnothing of it",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\nno parts',
        "Content-Type: message/delivery-status\n\nReporting-MTA: x\n\nFinal-Recipient: nonsense\n",
    ],
)
def test_broken_reports_do_no_harm(text):
    found = read_reports(parse(f"From: x@y.z\n{text}"))
    assert all(one.address for one in found)


def test_only_what_a_server_had_can_come_back():
    now = datetime(2026, 11, 26, 10)
    for state in life.STATES:
        one = life.Delivery("bob@example.com", now, state)
        if state in (life.SENDING, life.SENT, life.IN_DOUBT):
            came_back = one.bounce(now, why.BOUNCED, "550 No", 550)
            assert (came_back.state, came_back.reason) == (life.BOUNCED, why.BOUNCED)
            assert came_back.resend(now).state == life.QUEUED
        else:
            with pytest.raises(ValueError, match="cannot be bounced"):
                one.bounce(now, why.BOUNCED, "550 No", 550)


def test_control_characters_of_a_report_stay_outside():
    """PostgreSQL refuses NUL: the report would fail each time it is fetched."""
    [one] = read_reports(
        report(
            "Final-Recipient: rfc822; bob\x00@example.com\n"
            "Original-Recipient: rfc822; b\x00b@example.com\n"
            "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\x00body"
        )
    )
    assert "\x00" not in one.address + one.original + one.reply.shown


@pytest.mark.parametrize("word", ["=?utf-7?Q?+2AA-?=", "=?raw_unicode_escape?Q?=5Cud800?=", "\xff"])
@pytest.mark.parametrize("name", ["Diagnostic-Code", "Final-Recipient", "Action", "Status"])
def test_words_that_are_no_text_stay_as_written(name, word):
    """Python decodes them to half a surrogate pair, or fails: the report could not be read."""
    [one] = read_reports(
        report(f"{name}: smtp; {word} x\nOriginal-Recipient: rfc822; bob@example.com\n{GIVEN_UP}")
    )
    assert "bob@example.com" in one.addresses
    shown = "".join([*one.addresses, one.action, one.reply.shown])
    assert shown.encode().decode() == shown


def test_a_report_of_more_recipients_than_any_message_has():
    """Each costs the gateway statements, and anybody may send a report."""
    blocks = [f"Final-Recipient: rfc822; a{number}@b.c\n{GIVEN_UP}" for number in range(3000)]
    found = read_reports(report("\n\n".join(blocks)))
    assert len(found) == MAX_REPORTS
    assert found[-1].address == f"a{MAX_REPORTS - 1}@b.c"
