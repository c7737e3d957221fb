"""Accounts: their limits, their providers, the configuration file, and their condition."""

import tempfile
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import config, mute_logger

from ..core import reasons as why
from ..core.account import Secret
from ..core.classification import CONNECT
from ..models.ir_mail_server import HIDDEN
from ..transports import MemoryTransport, Session, SmtpConnectionError
from .delivery_case import DeliveryCase

FILE = """
[options]
db_name = x

[smtp:orders]
host = orders.example.com
port = 465
encryption = ssl_strict
user = orders
password = s%cret
from_filter = orders@example.com

[smtp:broken]
port = 0
"""


@tagged("post_install", "-at_install")
class TestAccounts(DeliveryCase):
    def with_file(self, text):
        file = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.addCleanup(file.close)
        file.write(text)
        file.flush()
        self.startPatcher(patch.dict(config.options, {"config": file.name}))

    def sections(self):
        with mute_logger("odoo.addons.smtp_mail_action.models.ir_mail_server_section"):
            self.env["ir.mail_server"]._sync_smtp_sections()
        return self.env["ir.mail_server"].search([("smtp_section", "!=", False)])

    def test_sections_of_the_file_are_accounts(self):
        self.with_file(FILE)
        server = self.sections()
        self.assertEqual(server.mapped("smtp_section"), ["orders"])
        self.assertFalse(server.smtp_pass, "the secret stays in the file")
        account, opening = server._smtp_access("orders@example.com")
        self.assertEqual((account.host, account.port), ("orders.example.com", 465))
        self.assertEqual(account.secret, Secret("s%cret"))
        self.assertEqual(opening.func, Session.open)
        found, _sender = self.env["ir.mail_server"]._find_mail_server("orders@example.com")
        self.assertEqual(found, server)

    def test_a_section_that_is_gone_is_named(self):
        self.with_file(FILE)
        server = self.sections()
        self.with_file("[options]\n")
        with self.assertRaisesRegex(UserError, r"\[smtp:orders\]"):
            server._smtp_access()

    def test_a_section_that_changed_is_read_again(self):
        self.with_file(FILE)
        server = self.sections()
        self.with_file(FILE.replace("orders@example.com", "other.example.com"))
        self.assertEqual(self.sections(), server)
        self.assertEqual(server.from_filter, "other.example.com")

    def test_the_command_line_is_an_account(self):
        options = {"smtp_server": "relay", "smtp_port": 465, "smtp_ssl": True, "smtp_user": "me"}
        self.startPatcher(patch.dict(config.options, {**options, "smtp_password": "pw"}))
        account, _opening = self.env["ir.mail_server"]._smtp_access()
        self.assertEqual((account.host, account.encryption), ("relay", "ssl"))
        self.assertEqual((account.user, account.secret), ("me", Secret("pw")))

    def test_settings_reach_the_account(self):
        self.server.write(
            {"smtp_sessions": 7, "smtp_per_minute": 30, "smtp_domain_rates": "gmail.com 20\n* 60"}
        )
        account, _opening = self.server._smtp_access()
        throttle = self.server._smtp_throttle(account, {})
        self.assertEqual((account.sessions, throttle.account.count), (7, 30))
        self.assertEqual(
            {k: v.count for k, v in throttle.domains.items()}, {"gmail.com": 20, "*": 60}
        )
        with self.assertRaisesRegex(ValidationError, "gmail.com often"):
            self.server.smtp_domain_rates = "gmail.com often"

    def test_exact_reports_are_asked_for_by_those_who_want_them(self):
        self.assertFalse(self.server._smtp_access()[0].reports)
        self.server.smtp_reports = True
        self.assertTrue(self.server._smtp_access()[0].reports)

    def test_an_account_opens_its_sessions_without_odoo_where_it_can(self):
        self.assertTrue(self.server._smtp_opens_itself())
        self.server.smtp_debug = True
        self.assertFalse(self.server._smtp_opens_itself())

    def test_a_password_is_not_shown(self):
        self.server.smtp_pass = "secret"
        [values] = self.server.web_read({"smtp_pass": {}, "name": {}})
        self.assertEqual(values["smtp_pass"], HIDDEN)
        self.server.write({"smtp_pass": HIDDEN, "name": "Same"})
        self.assertEqual((self.server.smtp_pass, self.server.name), ("secret", "Same"))

    def test_a_provider_fills_in_its_settings(self):
        form = Form(self.env["ir.mail_server"])
        form.name = "Mine"
        form.smtp_provider = "gmail"
        self.assertEqual((form.smtp_host, form.smtp_port), ("smtp.gmail.com", 465))
        self.assertIn("app password", form.smtp_provider_note)
        form.smtp_provider = "brevo"
        self.assertEqual((form.smtp_encryption, form.smtp_port), ("starttls_strict", 587))

    def test_the_port_of_tls_from_the_start(self):
        """Stock knows it for one of the two kinds (M8)."""
        form = Form(self.env["ir.mail_server"])
        form.smtp_encryption = "ssl_strict"
        self.assertEqual(form.smtp_port, 465)

    def test_trouble_rests_the_account_and_costs_no_attempt(self):
        trouble = SmtpConnectionError("connect", why.CONNECTION_REFUSED, "refused")
        self.transport = MemoryTransport(trouble=trouble)
        first, second = self.write_mail("ann@example.com"), self.write_mail("bob@example.com")
        self.deliver(first + second)
        self.assertEqual({first.state, second.state}, {"outgoing"})
        self.assertEqual(sum((first + second).delivery_ids.mapped("attempts")), 0)
        self.assertTrue(first.delivery_due_at and second.delivery_due_at)


@tagged("post_install", "-at_install")
class TestAccountHealth(DeliveryCase):
    def test_what_waits_for_an_account_is_counted(self):
        """Those that chose it, those it tried, and those that were put off while it rests."""
        trouble = SmtpConnectionError(CONNECT, why.CONNECTION_REFUSED, "refused")
        self.transport = MemoryTransport(trouble=trouble)
        self.deliver(self.write_mail("tried@example.com"))
        account = self.env["smtp.account"].create(
            {"name": "Shop", "mail_server_id": self.server.id, "failures": 1}
        )
        account.resting_until = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        self.deliver(self.write_mail("put.off@example.com"))
        self.write_mail("chosen@example.com", mail_server_id=self.server.id)
        self.write_mail("nobody.knows.yet@example.com")
        self.env.invalidate_all()
        self.assertEqual(account.waiting_count, 3)
        action = account.action_open_waiting()
        found = self.env["mail.mail"].search(action["domain"])
        self.assertEqual(
            sorted(found.mapped("email_to")),
            ["chosen@example.com", "put.off@example.com", "tried@example.com"],
        )
        self.assertEqual(account.action_open_server()["res_id"], self.server.id)
        opened = self.env["mail.mail.delivery"].search(account.action_open_deliveries()["domain"])
        self.assertEqual(opened.mapped("address"), ["tried@example.com"])
