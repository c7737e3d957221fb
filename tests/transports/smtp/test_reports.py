"""Reports that are asked for with a message, against aiosmtpd (RFC 3461)."""

from dataclasses import replace

import pytest
from smtp_kit.aiosmtpd_server import MailServer

ANN, TAGGED = "ann@example.com", "bob+shop=1@example.com"


@pytest.mark.parametrize("pipelining", [True, False])
def test_message_and_recipients_are_named(session_of, letter, pipelining):
    with MailServer(dsn=True) as server:
        session = session_of(server, reports=True, pipelining=pipelining)
        result = session.send(replace(letter(ANN, TAGGED), message_id="<1.2+3@odoo>"))
    assert [one.verdict for one in result.recipients] == ["sent", "sent"]
    assert [one.recipients for one in server.accepted] == [[ANN, TAGGED]]
    assert server.parameters == [
        "RET=HDRS",
        "ENVID=<1.2+2B3@odoo>",
        "NOTIFY=FAILURE,DELAY",
        f"ORCPT=rfc822;{ANN}",
        "NOTIFY=FAILURE,DELAY",
        "ORCPT=rfc822;bob+2Bshop+3D1@example.com",
    ]


@pytest.mark.parametrize(("offered", "wanted"), [(True, False), (False, True)])
def test_only_where_it_is_offered_and_wanted(session_of, letter, offered, wanted):
    """A server that does not offer it refuses a message with such parameters."""
    with MailServer(dsn=offered) as server:
        session = session_of(server, reports=wanted)
        result = session.send(replace(letter(ANN), message_id="<1@odoo>"))
    assert [one.verdict for one in result.recipients] == ["sent"]
    assert server.parameters == []
