"""How accounts sign in where Odoo or one of its addons does it: tokens and certificates."""

import base64
import re
import ssl
import time

import pytest
from aiosmtpd.smtp import AuthResult
from mail_jobs import (
    accounts,
    deliveries,
    run_queue,
    run_queue_when_due,
    use_account,
    write_mails,
)
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.certificates import Authority, server_context

ANN = "ann@example.com"


@pytest.fixture
def authority(folder):
    return Authority(folder)


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
