from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestGatewayHttp(GatewayCase):
    def test_any_provider_is_described_in_the_form(self):
        """The request is shown as it will be sent, without the secret."""
        with Form(self.env["sms.gateway"]) as form:
            form.name = "Somebody"
            form.kind = "http"
            form.account = "shop"
            form.secret = "geheim"
            form.options = "route = cheap"
            form.http_url = "https://sms.example.com/{account}/send"
            form.http_parameters = (
                "to = {to_digits}\nbody = {text}\nroute = {route}\nfrom = {sender}"
            )
            form.http_headers = "Authorization: Bearer {secret}"
            form.http_reply_code = "status"
            form.http_reply_ok_codes = "ok, queued"
            form.http_reply_fates = "7 = gateway"
            form.http_callback_states = "DELIVRD = delivered"
        gateway = form.record
        self.assertEqual(
            gateway.request_preview,
            "POST https://sms.example.com/shop/send\n"
            "Content-Type: application/x-www-form-urlencoded\nAuthorization: SECRET\n\n"
            "to=31612345678&body=Hello&route=cheap&from=%2B31612345679",
        )
        account = gateway._http_account()
        self.assertEqual(account.secret, "geheim")
        self.assertEqual(account.description.reply.ok_codes, ("ok", "queued"))
        template = gateway._callback_template()
        self.assertIn("/{reference}?token=", template)
        self.assertIn(gateway._use_secret("callback_secret"), template)

    def test_what_cannot_be_used_is_said_before_it_is_saved(self):
        cases = {
            "http_parameters": ("to = {nummer}", "no value for {nummer}"),
            "http_reply_fates": ("7 = maybe", "“maybe” has no meaning"),
            "http_headers": ("Bearer", "cannot be read"),
            "server": ("example.com", "is no server"),
        }
        values = {"kind": "http", "http_url": "https://sms.example.com"}
        for field, (value, problem) in cases.items():
            with self.assertRaisesRegex(ValidationError, problem):
                self.new_gateway(**{**values, field: value})

    def test_a_preset_becomes_a_description(self):
        gateway = self.new_gateway(
            kind="kannel", server="http://localhost:13013", account="me", secret="geheim"
        )
        before = gateway.request_preview
        self.assertIn("http://localhost:13013/cgi-bin/sendsms?username=me", before)
        self.assertNotIn("geheim", before)
        gateway.action_describe()
        gateway.invalidate_recordset()
        self.assertEqual(gateway.kind, "http")
        self.assertEqual(gateway.request_preview, before)
        with self.assertRaises(UserError):
            gateway.action_describe()

    def test_nobody_answers(self):
        """The test of the connection says who did not answer, and what to do."""
        gateway = self.new_gateway(kind="kannel", server="http://127.0.0.1:9", name="Away")
        with self.assertRaises(UserError) as caught:
            gateway.action_test_connection()
        text = str(caught.exception)
        self.assertIn("“Away” cannot send messages", text)
        self.assertIn("127.0.0.1:9", text)

    def test_each_preset_has_an_address_for_reports(self):
        for kind in ("twilio", "vonage", "clickatell", "messagebird", "kannel"):
            gateway = self.new_gateway(kind=kind, secret="geheim")
            signs = kind in ("twilio", "vonage", "messagebird")
            self.assertEqual("?token=" in gateway._callback_template(), not signs, kind)
            self.assertNotIn("geheim", gateway._callback_template())
            self.assertIn(gateway.callback_token, gateway.callback_page)

    def test_send_a_test(self):
        wizard = self.env["sms.gateway.test"].create(
            {"gateway_id": self.gateway.id, "number": MOBILE, "text": "Hello"}
        )
        action = wizard.action_send()
        message = self.env["sms.message"].search(action["domain"])
        self.assertEqual([message.state, message.gateway_id], ["accepted", self.gateway])
