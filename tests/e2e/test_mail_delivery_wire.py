"""What stands between Odoo's queue and a real server: TLS, sign-in, letters, sizes, sections."""

import base64
import re
import ssl
import time

import pytest
from aiosmtpd.smtp import AuthResult
from mail_jobs import (
    accounts,
    deliveries,
    mails,
    run_queue,
    run_queue_when_due,
    use_account,
    write_mails,
)
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.certificates import Authority, server_context
from smtp_kit.sink import Sink

ANN = "ann@example.com"


@pytest.fixture
def authority(folder):
    return Authority(folder)


@pytest.fixture(scope="session")
def smtp_sink():
    """The program smtp-sink; fetched by the project's own set-up, and no test without it."""
    # Processes inside Odoo load this file as well, and have no set-up.
    from toolkit.peers import prepare_peers

    return prepare_peers().smtp_sink


@pytest.fixture
def send(in_odoo):
    """Queue e-mails for an account at the server and run the queue once; returns deliveries."""

    def do(server, recipients=(ANN,), account=None, **values):
        in_odoo(use_account, port=server.port, **(account or {})).result()
        in_odoo(write_mails, recipients=list(recipients), **values).result()
        in_odoo(run_queue).result()
        return in_odoo(deliveries).result()

    return do


@pytest.mark.parametrize(
    ("encryption", "starttls"), [("starttls", True), ("ssl", False)], ids=["starttls", "ssl"]
)
def test_encrypted_and_signed_in(send, authority, encryption, starttls):
    """A certificate nobody signed is good enough where the account does not check it."""
    context = server_context(authority.self_signed())
    with MailServer(context=context, starttls=starttls, users={"shop": "right"}) as server:
        found = send(
            server,
            account={"smtp_encryption": encryption, "smtp_user": "shop", "smtp_pass": "right"},
        )
        assert server.recipients() == [ANN]
    assert found == {ANN: ["sent", "", 1]}


@pytest.mark.parametrize(
    ("encryption", "certificate", "reason"),
    [
        ("starttls_strict", "self_signed", "certificate_self_signed"),
        ("starttls_strict", None, "tls_not_offered"),
        ("ssl", None, "tls_plain_port"),
    ],
    ids=["self-signed", "no starttls", "plain port"],
)
def test_nothing_leaves_in_the_clear(send, in_odoo, authority, encryption, certificate, reason):
    """The account is down with the reason, and the e-mail waits."""
    context = server_context(authority.self_signed()) if certificate else None
    with MailServer(context=context, starttls=bool(context)) as server:
        found = send(server, account={"smtp_encryption": encryption})
        assert server.received == []
        assert server.commands == []
    assert found[ANN] == ["queued", reason, 0]
    assert in_odoo(accounts).result() == [["Test", "down", 1, reason]]


def test_letters_beyond_ascii(send):
    """The domain goes in ASCII; the name before the @ needs a server that can do it."""
    to = ["ok@exämple.com", "jürgen@example.com"]
    with MailServer(smtputf8=False) as server:
        found = send(server, to)
        assert server.recipients() == ["ok@xn--exmple-cua.com"]
    assert found == {
        "ok@xn--exmple-cua.com": ["sent", "", 1],
        "jürgen@example.com": ["refused", "smtputf8_unsupported", 1],
    }


def test_smtputf8_where_the_server_has_it(send):
    with MailServer() as server:
        send(server, ["jürgen@example.com"])
        assert server.recipients() == ["jürgen@example.com"]


def test_too_big_for_the_server(send, in_odoo):
    """Known before the message is sent, and no reason to hold up the others."""
    with MailServer(size_limit=20_000) as server:
        found = send(server, [ANN], body_html=f"<p>{'long ' * 10_000}</p>")
        assert server.received == []
    assert found == {ANN: ["refused", "too_big", 1]}
    [mail] = in_odoo(mails).result().values()
    assert mail[0] == "exception"
    assert "limit is 20000" in mail[2]


def test_a_header_with_a_line_break_is_refused_before_anything_is_sent(send, in_odoo, announced):
    announced.append("failed sending mail")
    with MailServer() as server:
        send(server, [ANN], subject="Hello\nBcc: all@example.com")
        assert server.received == []
    [mail] = in_odoo(mails).result().values()
    assert mail[0] == "exception"


def test_bcc_stands_in_no_header(send):
    with MailServer() as server:
        found = send(server, [ANN], headers="{'Bcc': 'boss@example.com'}")
        [received] = server.accepted
    assert sorted(found) == [ANN]
    assert b"boss@example.com" not in received.content


def test_smtp_sink_drops_the_connection_at_the_dot(send, smtp_sink):
    """A second real server: postfix' own."""
    with Sink(smtp_sink, "-q", ".") as sink:
        found = send(sink, [ANN])
        assert [one.recipients for one in sink.messages()] == [[ANN]]
    assert found == {ANN: ["in_doubt", "dropped_after_data", 1]}


@pytest.mark.parametrize(
    ("switches", "state"),
    [(("-r", "RCPT"), "deferred"), (("-f", "RCPT"), "refused"), (("-r", "."), "deferred")],
    ids=["450", "500", "450 after the message"],
)
def test_smtp_sink_says_no(send, smtp_sink, switches, state):
    with Sink(smtp_sink, *switches) as sink:
        found = send(sink, [ANN])
    assert [found[ANN][0], found[ANN][2]] == [state, 1]


def test_several_sessions_at_once(send):
    to = [f"r{number}@example.com" for number in range(60)]
    with MailServer() as server:
        found = send(server, to, account={"smtp_sessions": 4})
        assert server.recipients() == sorted(to)
        assert 2 <= server.most_at_once <= 4
    assert {one[0] for one in found.values()} == {"sent"}


def test_an_account_of_the_configuration_file(in_odoo, folder, authority):
    """[smtp:orders]: chosen by the sender, checked by its own trusted certificates."""
    context = server_context(authority.certificate("good"))
    with MailServer(context=context, starttls=True, users={"orders": "pä%ss"}) as server:
        file = folder / "with_section.conf"
        file.write_text(
            f"[options]\n[smtp:orders]\nhost = localhost\nport = {server.port}\n"
            f"encryption = starttls_strict\ntrusted = {authority.file}\n"
            "user = orders\npassword = pä%ss\nfrom_filter = example.com\n",
            encoding="utf-8",
        )
        in_odoo(write_mails, recipients=[ANN]).result()
        in_odoo(run_queue_with_file, file=str(file)).result()
        assert server.recipients() == [ANN]
        assert server.sign_ins == ["orders"]
    assert in_odoo(deliveries).result() == {ANN: ["sent", "", 1]}
    assert "pä%ss" not in "".join(log.read_text() for log in folder.glob("*.log"))


def run_queue_with_file(env, file):
    from odoo.tools import config

    env["ir.mail_server"].search([]).active = False
    env.cr.commit()
    config["config"] = file
    run_queue(env)


def test_a_rate_is_kept(send, in_odoo):
    """The third one's turn comes after the second's: it waits in the queue, and nothing is lost."""
    to = [f"r{number}@example.com" for number in range(3)]
    with MailServer() as server:
        in_odoo(use_account, port=server.port, smtp_per_minute=1).result()
        in_odoo(write_mails, recipients=to).result()
        in_odoo(run_impatiently).result()
        assert len(server.accepted) == 1
    states = sorted(one[0] for one in in_odoo(mails).result().values())
    assert states == ["outgoing", "outgoing", "sent"]


def run_impatiently(env):
    """As after a user's commit, who must not wait for the next turn."""
    env["mail.mail"].search([]).send()
    env.cr.commit()


def test_connection(env, server):
    """Press *Test Connection*; return what the user reads."""
    from odoo.exceptions import UserError

    try:
        answer = env["ir.mail_server"].browse(server).test_smtp_connection()
    except UserError as error:
        return str(error)
    return answer["params"]["title"]


test_connection.__test__ = False


def test_a_test_of_the_connection_says_where_it_ended(in_odoo):
    with MailServer(users={"shop": "right"}) as server:
        values = {"port": server.port, "smtp_user": "shop", "smtp_pass": "wrong"}
        account = in_odoo(use_account, **values).result()
        said = in_odoo(test_connection, server=account).result()
        assert "✓ The server answers on this port." in said
        assert "✗ The server does not accept the user name or the password." in said
        assert "wrong" not in said
        account = in_odoo(use_account, **{**values, "smtp_pass": "right"}).result()
        assert in_odoo(test_connection, server=account).result() == "Connection Test Successful"
        assert server.received == []
    said = in_odoo(test_connection, server=account).result()
    assert "Nothing answers on this port" in said


def sign_in_as_an_addon_does(env):
    """Have an addon sign in with its own token, as those for OAuth do, and run the queue."""

    def _smtp_login__(self, connection, smtp_user, smtp_password):
        connection.login("token", "fresh")

    type(env["ir.mail_server"])._smtp_login__ = _smtp_login__
    run_queue(env)


def test_another_addon_signs_in_in_its_own_way(in_odoo):
    """Several sessions, each opened by Odoo and the addon."""
    to = [f"r{number}@example.com" for number in range(20)]
    with MailServer(users={"token": "fresh"}) as server:
        in_odoo(use_account, port=server.port, smtp_user="shop", smtp_pass="old").result()
        in_odoo(write_mails, recipients=to).result()
        in_odoo(sign_in_as_an_addon_does).result()
        assert server.recipients() == sorted(to)
        assert set(server.sign_ins) == {"token"}
    assert {one[0] for one in in_odoo(deliveries).result().values()} == {"sent"}


class TokenServer(MailServer):
    """Knows tokens instead of passwords, as Google's and Microsoft's servers do (XOAUTH2)."""

    async def auth_XOAUTH2(self, server, args):
        said = base64.b64decode(args[1]).decode()
        user, token = re.fullmatch("user=(.*)\x01auth=Bearer (.*)\x01\x01", said).groups()
        self.sign_ins.append(user)
        return AuthResult(success=self.users.get(user) == token, handled=False)


def use_gmail(env, port, token):
    """Have Odoo's addon for Google hold a token that is still good for an hour."""
    account = use_account(
        env,
        port,
        smtp_authentication="gmail",
        smtp_encryption="starttls",
        smtp_user="shop@example.com",
        from_filter="shop@example.com",
    )
    env["ir.mail_server"].browse(account).write(
        {
            "google_gmail_refresh_token": "refresh",
            "google_gmail_access_token": token,
            "google_gmail_access_token_expiration": int(time.time()) + 3600,
        }
    )


def test_odoos_addon_for_google_signs_in(in_odoo, authority):
    """XOAUTH2 through ``_smtp_login__``, unchanged."""
    context = server_context(authority.self_signed())
    users = {"shop@example.com": "ya29.token"}
    with TokenServer(context=context, starttls=True, users=users) as server:
        in_odoo(use_gmail, port=server.port, token="ya29.token").result()
        in_odoo(write_mails, recipients=[ANN]).result()
        in_odoo(run_queue).result()
        assert server.recipients() == [ANN]
        assert server.sign_ins == ["shop@example.com"]
    assert in_odoo(deliveries).result() == {ANN: ["sent", "", 1]}


def test_a_refused_token_is_the_accounts_trouble(in_odoo, authority):
    """Odoo's addon does not look at the answer; the server says it with the next command."""
    context = server_context(authority.self_signed())
    users = {"shop@example.com": "fresh"}
    with TokenServer(context=context, starttls=True, users=users) as server:
        in_odoo(use_gmail, port=server.port, token="stale").result()
        in_odoo(write_mails, recipients=[ANN]).result()
        in_odoo(run_queue).result()
        assert server.received == []
    assert in_odoo(deliveries).result() == {ANN: ["queued", "auth_required", 0]}
    assert in_odoo(accounts).result() == [["Test", "down", 1, "auth_required"]]


class CertificateServer(MailServer):
    """Knows its clients by their certificates."""

    async def handle_MAIL(self, server, session, envelope, address, options):
        subject = server.transport.get_extra_info("peercert")["subject"]
        self.sign_ins.append(dict(pair for part in subject for pair in part)["commonName"])
        return await super().handle_MAIL(server, session, envelope, address, options)


@pytest.mark.parametrize(
    ("encryption", "starttls"), [("starttls", True), ("ssl", False)], ids=["starttls", "ssl"]
)
def test_signed_in_by_certificate(in_odoo, folder, authority, encryption, starttls):
    """Odoo's own way, with the certificate in the account."""
    context = server_context(authority.certificate("server"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    known = base64.b64encode(authority.certificate("client", host="shop.client").read_bytes())
    (folder / "other").mkdir()
    other = Authority(folder / "other").certificate("client", host="other.client").read_bytes()
    with CertificateServer(context=context, starttls=starttls) as server:
        account = {
            "port": server.port,
            "smtp_authentication": "certificate",
            "smtp_encryption": encryption,
        }
        for file, accepted in ((base64.b64encode(other), []), (known, [ANN])):
            text = file.decode()
            in_odoo(
                use_account, **account, smtp_ssl_certificate=text, smtp_ssl_private_key=text
            ).result()
            in_odoo(write_mails, recipients=[ANN]).result()
            in_odoo(run_queue_when_due).result()
            assert server.recipients()[: len(accepted)] == accepted
            assert bool(server.received) == bool(accepted)
        assert set(server.sign_ins) == {"shop.client"}
    states = {one[0] for one in in_odoo(deliveries).result().values()}
    assert states == {"sent"}


def send_as_an_addon_does(env):
    """Have an addon send without SMTP, as those for web services do, and run the queue."""

    def send_email(self, message, *args, **kwargs):
        return message["Message-Id"]

    type(env["ir.mail_server"]).send_email = send_email
    run_queue(env)


def test_another_addon_sends_without_smtp(in_odoo):
    with MailServer() as server:
        in_odoo(use_account, port=server.port).result()
        in_odoo(write_mails, recipients=[ANN]).result()
        in_odoo(send_as_an_addon_does).result()
        assert server.received == []
    assert in_odoo(deliveries).result() == {ANN: ["sent", "", 1]}
    assert [one[0] for one in in_odoo(mails).result().values()] == ["sent"]
