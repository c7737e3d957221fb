"""What stands between Odoo's queue and a real server: TLS, sign-in, letters, sizes, sections."""

import pytest
from mail_jobs import accounts, deliveries, mails, run_queue, use_account, write_mails
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


@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("other.example.com", 30, "certificate_host"),
        ("localhost", -1, "certificate_expired"),
    ],
    ids=["wrong host", "expired"],
)
def test_a_bad_certificate_lets_nothing_out(in_odoo, folder, authority, host, days, reason):
    """Signed by somebody trusted, and yet wrong."""
    context = server_context(authority.certificate("bad", host=host, days=days))
    with MailServer(context=context, starttls=True) as server:
        file = folder / "with_section.conf"
        file.write_text(
            f"[options]\n[smtp:orders]\nhost = localhost\nport = {server.port}\n"
            f"encryption = starttls_strict\ntrusted = {authority.file}\n",
            encoding="utf-8",
        )
        in_odoo(write_mails, recipients=[ANN]).result()
        in_odoo(run_queue_with_file, file=str(file)).result()
        assert server.received == []
    assert in_odoo(deliveries).result() == {ANN: ["queued", reason, 0]}
    assert in_odoo(accounts).result() == [["orders", "down", 1, reason]]


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


def test_a_rate_for_a_domain_holds_up_no_other(in_odoo):
    to = ["a@slow.example", "b@slow.example", "c@fast.example"]
    with MailServer() as server:
        in_odoo(use_account, port=server.port, smtp_domain_rates="slow.example 1").result()
        in_odoo(write_mails, recipients=to).result()
        in_odoo(run_impatiently).result()
        arrived = server.recipients()
    # Odoo sends the newest first, but promises no order.
    assert len(arrived) == 2
    assert "c@fast.example" in arrived
    states = {to: one[0] for to, one in in_odoo(deliveries).result().items()}
    assert states == {one: "sent" if one in arrived else "queued" for one in to}


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
