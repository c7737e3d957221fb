"""The twin in memory gives what the real transport gives for the same replies."""

import pytest
from smtp_kit.aiosmtpd_server import ABORT, MailServer

from smtp_mail_action.transports import MemoryTransport, SessionPool, SmtpConnectionError
from smtp_mail_action.transports.memory import LOST


@pytest.mark.parametrize(
    "reply",
    ["550 5.1.1 No such user", "450 4.7.1 Greylisted", "452 4.2.2 Full", "554 Blocked by RBL"],
)
def test_refusals_are_those_of_the_real_one(account_of, letter, reply):
    replies = {"bad@example.com": reply}
    message = letter("ok@example.com", "bad@example.com")
    with MailServer(rcpt=replies) as server, SessionPool(account_of(server)) as pool:
        [real] = pool.deliver([message])
    [twin] = MemoryTransport(replies).deliver([message])
    assert twin.result.of("bad@example.com") == real.result.of("bad@example.com")
    assert [one.verdict for one in twin.result.recipients] == [
        one.verdict for one in real.result.recipients
    ]


def test_a_lost_connection_is_that_of_the_real_one(account_of, letter):
    message = letter("ann@example.com")
    with MailServer(data=[ABORT]) as server, SessionPool(account_of(server)) as pool:
        [real] = pool.deliver([message])
    transport = MemoryTransport({"ann@example.com": LOST})
    [twin] = transport.deliver([message])
    for one in (real, twin):
        [found] = one.result.recipients
        assert (found.verdict, found.reason) == ("in_doubt", "dropped_after_data")
    assert transport.delivered == [message]


def test_an_account_in_trouble_holds_everything(letter):
    trouble = SmtpConnectionError("connect", "connection_refused", "nobody", retry_after=60)
    transport = MemoryTransport(trouble=trouble)
    outcomes = list(transport.deliver([letter("a@example.com"), letter("b@example.com")]))
    assert {one.result.recipients[0].verdict for one in outcomes} == {"held"}
    assert transport.delivered == []
    assert transport.close() == []
