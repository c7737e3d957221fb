"""Real SMTP servers on loopback, accounts for them, and messages."""

import pytest
from smtp_kit.certificates import Authority
from toolkit.peers import prepare_peers

from smtp_mail_action.core.account import Account
from smtp_mail_action.transports import Envelope, Session, SmtpConnectionError


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority; its file is what an account has to trust."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def smtp_sink():
    """The program smtp-sink; fetched by the project's own set-up, and no test without it."""
    return prepare_peers().smtp_sink


@pytest.fixture
def account_of():
    """Return the account for a server, with short times."""

    def make(server, **values):
        return Account(
            **{
                "host": "localhost",
                "port": server.port,
                "connect_seconds": 10,
                "reply_seconds": 10,
                "data_seconds": 10,
                **values,
            }
        )

    return make


@pytest.fixture
def session_of(account_of):
    """Open sessions to servers; they are closed after the test."""
    opened = []

    def make(server, **values):
        opened.append(Session.open(account_of(server, **values)))
        return opened[-1]

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def trouble():
    """Return why no session can be opened."""

    def why(account):
        with pytest.raises(SmtpConnectionError) as caught:
            Session.open(account)
        return caught.value

    return why


@pytest.fixture
def letter():
    """Build an envelope."""

    def make(*recipients, subject="Hello", body="Good day.", sender="shop@example.com", **more):
        content = f"From: {sender}\nTo: {', '.join(recipients)}\nSubject: {subject}\n\n{body}\n"
        recipients = recipients or ("ann@example.com",)
        return Envelope(sender, recipients, content.encode(), **more)

    return make
