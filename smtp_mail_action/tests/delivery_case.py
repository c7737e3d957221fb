"""Couriers in Odoo's test cases: real e-mails, a transport in memory in place of a network."""

from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..models.keeping import Within
from ..transports import MemoryTransport


class DeliveryCase(TransactionCase):
    """``write_mail`` queues, ``deliver`` sends; ``self.transport`` answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        servers = cls.env["ir.mail_server"]
        servers.search([]).active = False
        cls.server = servers.create({"name": "Shop", "smtp_host": "mail.example.com"})

    def setUp(self):
        super().setUp()
        self.transport = MemoryTransport()

    def write_mail(self, email_to, **values):
        return self.env["mail.mail"].create(
            {
                "subject": f"To {email_to}",
                "email_from": "shop@example.com",
                "email_to": email_to,
                "body_html": "<p>Hello</p>",
                **values,
            }
        )

    def deliver(self, mails):
        """Send what is due, in the transaction of the test."""
        # Odoo's own switch against sending in tests; nothing leaves the memory.
        with patch.object(IrMail_Server, "_disable_send", classmethod(lambda cls: False)):
            mails._deliver(Within(self.env), open_pool=lambda *_given: self.transport)
        self.env.invalidate_all()

    def deliveries(self, mails):
        """Return ``{address: (state, reason)}`` of the e-mails, also of removed ones."""
        found = self.env["mail.mail.delivery"].search([("mail_number", "in", mails.ids)])
        return {one.address: (one.state, one.reason or "") for one in found}
