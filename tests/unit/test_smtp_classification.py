"""What servers' refusals mean."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.core.classification import (
    AUTH,
    CONNECT,
    DATA,
    END,
    HELLO,
    MAIL,
    RCPT,
    TLS,
    VERDICTS,
    classify,
)
from smtp_mail_action.core.reasons import REASONS, advice, words
from smtp_mail_action.core.replies import Reply

FIXTURE = Path(__file__).parent.parent / "fixtures" / "smtp" / "replies.tsv"
KNOWN = [line.split("\t") for line in FIXTURE.read_text().splitlines()[1:]]


def reply_of(text):
    return Reply.of(int(text[:3]), text[4:])


@pytest.mark.parametrize(("stage", "verdict", "reason", "text"), KNOWN)
def test_known_replies(stage, verdict, reason, text):
    found = classify(stage, reply_of(text))
    assert (found.verdict, found.reason) == (verdict, reason)


def test_trouble_an_administrator_must_mend_is_an_alarm():
    for stage, text in [
        (AUTH, "535 5.7.8 No"),
        (RCPT, "530 5.7.0 Authentication required"),
        (MAIL, "550 5.1.8 Bad sender"),
        (END, "552 5.3.4 Too big"),
        (RCPT, "554 5.7.1 Relay access denied"),
        (CONNECT, "554 5.7.1 Blocked"),
    ]:
        assert classify(stage, reply_of(text)).alarm, text
    for stage, text in [(RCPT, "550 5.1.1 No"), (CONNECT, "421 Busy"), (END, "451 Later")]:
        assert not classify(stage, reply_of(text)).alarm, text


def test_421_ends_the_session_wherever_it_comes():
    for stage in (MAIL, RCPT, DATA, END):
        assert classify(stage, Reply(421, "4.3.2 Bye")).close
        assert not classify(stage, Reply(451, "4.3.0 Later")).close


def test_what_accepts_is_no_refusal():
    with pytest.raises(ValueError, match="250"):
        classify(RCPT, Reply(250, "OK"))


STAGES = st.sampled_from([CONNECT, HELLO, TLS, AUTH, MAIL, RCPT, DATA, END])


@given(STAGES, st.integers(0, 999), st.text(max_size=80))
def test_every_reply_means_something(stage, code, text):
    reply = Reply.of(code, text)
    if reply.accepted:
        return
    found = classify(stage, reply)
    assert found.verdict in VERDICTS
    assert words(found.reason)
    # A refusal is final only where the server said so.
    assert found.verdict != "refused" or 500 <= reply.code <= 599
    assert found.verdict not in ("sent", "in_doubt")
    assert found.retry_after is None or 0 <= found.retry_after <= 86400


@given(st.integers(500, 599), st.text(max_size=40))
def test_whatever_a_server_says_to_the_sign_in_no_message_is_burnt(code, text):
    assert classify(AUTH, Reply.of(code, text)).verdict == "held"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Greylisted, try again in 300 seconds", 300),
        ("please retry in 5 minutes", 300),
        ("Try again in 00:04:59", 299),
        ("come back after 2 hours", 7200),
        ("Try again in 999999999 s", None),
        ("in 99999 hours", 86400),
        ("no time named", None),
    ],
)
def test_a_time_the_server_names(text, seconds):
    assert Reply(450, text).retry_after == seconds


def test_a_reply_is_shown_on_one_line():
    reply = Reply.of(550, b"5.1.1 The account\n5.1.1 does not exist\xff")
    assert reply.shown == "550 5.1.1 The account does not exist\ufffd"
    assert reply.enhanced == (1, 1)
    assert len(Reply(550, "x" * 10_000).shown) < 600
    assert Reply(550, "5.1.1x").enhanced is None


def test_every_reason_is_spoken_in_whole_sentences():
    for key in REASONS:
        assert words(key).endswith("."), key
        assert not advice(key) or advice(key).endswith("."), key
