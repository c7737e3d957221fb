import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..core.http.callback import MAX_BODY
from ..core.life import Life
from ..core.outcome import accepted

LOGGER = "odoo.addons.sms_action.controllers.report"


@tagged("post_install", "-at_install")
class TestCallbacks(HttpCase):
    def new_gateway(self, kind, **values):
        return self.env["sms.gateway"].create({"name": kind, "kind": kind, **values})

    def message(self, gateway, *provider_ids):
        """Return a message the gateway has accepted under these ids."""
        reference = hashlib.md5(f"{gateway.id}{provider_ids}".encode()).hexdigest()
        parcels = self.env["sms.message"]._parcels(
            [
                (
                    {
                        "uuid": reference,
                        "number": "+31612345678",
                        "text": "Hi",
                        "sms_id": 0,
                        "company_id": self.env.company.id,
                    },
                    0,
                )
            ]
        )
        now = fields.Datetime.now()  # To the second, as every time of a message.
        life = Life(now).begin(now)
        rows = [(parcels[0].id, life, gateway.id, 1, "")]
        self.env["sms.message"]._begin_rows(rows)
        self.env["sms.message"]._store_outcomes(
            [(parcels[0].id, life, accepted(*provider_ids), None)], gateway
        )
        return self.env["sms.message"].browse(parcels[0].id)

    def post(self, url, data=None, **headers):
        """Return the status of what the gateway gets."""
        self.env.flush_all()
        answer = self.url_open(url, data=data, headers=headers or None, timeout=30)
        self.env.invalidate_all()
        return answer.status_code

    def page(self, gateway, message=None):
        page = f"{self.base_url()}/sms_action/report/{gateway.callback_token}"
        return f"{page}/{message.uuid}" if message else page

    def signed_by_twilio(self, url, params, token):
        text = url + "".join(name + params[name] for name in sorted(params))
        digest = hmac.new(token.encode(), text.encode(), "sha1").digest()
        return {"X-Twilio-Signature": base64.b64encode(digest).decode()}

    def outside(self, url):
        """Return an address as the provider was given it."""
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        return url.replace(self.base_url(), base)

    def test_twilio(self):
        """Signed with the gateway's token; a replay changes nothing, a forged one is refused."""
        gateway = self.new_gateway("twilio", account="AC1", secret="token-1")
        message = self.message(gateway, "SM1")
        url = self.page(gateway, message)
        params = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+31612345678"}
        headers = self.signed_by_twilio(self.outside(url), params, "token-1")
        forged = self.signed_by_twilio(self.outside(url), params, "token-2")
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.assertEqual(self.post(url, params, **forged), 403)
            self.assertEqual(self.post(url, {**params, "MessageSid": "SM2"}, **headers), 403)
            self.assertEqual(self.post(url, params), 403)
        self.assertNotIn("token-1", str(logs.output))
        self.assertEqual(message.state, "accepted")
        for _time in range(2):
            self.assertEqual(self.post(url, params, **headers), 200)
            self.assertEqual([message.state, message.part_ids.state], ["delivered"] * 2)
        late = {**params, "MessageStatus": "undelivered"}
        headers = self.signed_by_twilio(self.outside(url), late, "token-1")
        self.assertEqual(self.post(url, late, **headers), 200)
        self.assertEqual(message.state, "delivered")

    def test_vonage(self):
        """Signed parameters; the reference in the path is not signed, so it counts for nothing."""
        gateway = self.new_gateway("vonage", account="key", secret="s", callback_secret="sign")
        message, other = self.message(gateway, "V1"), self.message(gateway, "V2")
        params = {"messageId": "V1", "status": "failed", "err-code": "3"}
        params["timestamp"] = str(int(time.time()))
        text = "".join(f"&{name}={params[name]}" for name in sorted(params)) + "sign"
        params["sig"] = hashlib.md5(text.encode()).hexdigest()
        url = self.page(gateway, other)
        self.assertEqual(self.post(f"{url}?{urlencode(params)}"), 200)
        self.assertEqual([message.state, message.code], ["undelivered", "3"])
        self.assertEqual(other.state, "accepted")
        body = json.dumps({**params, "status": "delivered"})
        with mute_logger(LOGGER):
            self.assertEqual(self.post(url, body, **{"Content-Type": "application/json"}), 403)
        self.assertEqual(message.state, "undelivered")

    def test_a_shared_secret(self):
        """Kannel: by our own reference, with the secret that came with the address."""
        gateway = self.new_gateway("kannel", server="http://localhost:13013")
        message = self.message(gateway)
        secret = gateway._use_secret("callback_secret")
        url = self.page(gateway, message)
        with mute_logger(LOGGER):
            self.assertEqual(self.post(f"{url}?state=1"), 403)
            self.assertEqual(self.post(f"{url}?state=1&token=wrong"), 403)
        self.assertEqual(self.post(f"{url}?token={secret}&state=8"), 200)
        self.assertEqual(message.state, "accepted")
        self.assertEqual(self.post(f"{url}?token={secret}&state=1"), 200)
        self.assertEqual(message.state, "delivered")

    def test_the_secret_of_one_gateway_opens_no_other(self):
        mine, other = (
            self.new_gateway("clickatell", callback_secret=secret) for secret in ("one", "two")
        )
        message = self.message(other, "C1")
        body = json.dumps({"messageId": "C1", "status": "RECEIVED_BY_RECIPIENT"})
        headers = {"Content-Type": "application/json"}
        with mute_logger(LOGGER):
            self.assertEqual(self.post(self.page(other) + "?token=one", body, **headers), 403)
        self.assertEqual(self.post(self.page(mine) + "?token=one", body, **headers), 200)
        self.assertEqual(message.state, "accepted")
        self.assertEqual(self.post(self.page(other) + "?token=two", body, **headers), 200)
        self.assertEqual(message.state, "delivered")

    def test_reports_about_nothing_known(self):
        """An unknown id, an unknown state, and a body that is no JSON: 200, and no effect."""
        gateway = self.new_gateway("clickatell", callback_secret="one")
        message = self.message(gateway, "C9")
        url, headers = self.page(gateway) + "?token=one", {"Content-Type": "application/json"}
        for body in (
            {"messageId": "nobody", "status": "RECEIVED_BY_RECIPIENT"},
            {"messageId": "C9", "statusCode": 999},
            {"messageId": ["C9"], "status": {"x": 4}},
            [],
        ):
            self.assertEqual(self.post(url, json.dumps(body), **headers), 200, body)
        self.assertEqual(self.post(url, "<html>", **headers), 200)
        self.assertEqual(message.state, "accepted")

    def test_an_archived_gateway_still_hears_of_its_messages(self):
        """One that cannot be read any more asks to be told later."""
        gateway = self.new_gateway("clickatell", callback_secret="one", active=False)
        message = self.message(gateway, "A1")
        url, headers = self.page(gateway) + "?token=one", {"Content-Type": "application/json"}
        body = json.dumps({"messageId": "A1", "status": "RECEIVED_BY_RECIPIENT"})
        self.env.cr.execute("UPDATE sms_gateway SET options = 'x = y' WHERE id = %s", [gateway.id])
        self.env.invalidate_all()
        with mute_logger(LOGGER):
            self.assertEqual(self.post(url, body, **headers), 503)
        gateway.options = False
        self.assertEqual(self.post(url, body, **headers), 200)
        self.assertEqual(message.state, "delivered")

    def test_limits_of_the_address(self):
        gateway = self.new_gateway("clickatell", callback_secret="one")
        unknown = f"{self.base_url()}/sms_action/report/{'0' * 32}?token=one"
        self.assertEqual(self.post(unknown, "{}"), 404)
        long = "x" * (MAX_BODY + 1)
        self.assertEqual(self.post(self.page(gateway) + "?token=one", long), 413)
        memory = self.new_gateway("memory")
        self.assertEqual(self.post(self.page(memory)), 404)

    def test_hostile_paths(self):
        """A path that names nothing we made is no reason to fail, nor to change anything."""
        gateway = self.new_gateway("kannel", server="http://localhost:13013")
        message = self.message(gateway)
        proof = f"?token={gateway._use_secret('callback_secret')}&state=1"
        page, uuid = self.page(gateway), message.uuid
        for reference in ("%00", f"{uuid}%00", f"%00{uuid}", "%ED%A0%80", "%FF", "x" * 8000):
            self.assertEqual(self.post(f"{page}/{reference}{proof}"), 200, reference)
            self.assertEqual(self.post(f"{page}/{reference}{proof}&id=1"), 200, reference)
        for token in ("%00", f"{gateway.callback_token}%00", "%ED%A0%80", "x" * 8000):
            url = f"{self.base_url()}/sms_action/report/{token}"
            self.assertEqual(self.post(f"{url}/{uuid}{proof}"), 404, token)
            self.assertEqual(self.post(f"{url}{proof}"), 404, token)
        for path in (f"{page}/{uuid}%2Fx", f"{page}%2F..%2F{uuid}"):
            self.assertEqual(self.post(path + proof), 404, path)
        self.assertEqual(message.state, "accepted")
        self.assertFalse(self.env["sms.message.report"].search([("gateway_id", "=", gateway.id)]))
        self.assertEqual(self.post(f"{page}%2F{uuid}{proof}"), 200)
        self.assertEqual(message.state, "delivered")

    def test_messages_of_people(self):
        """Proven as reports are, kept once, and answered without a text."""
        gateway = self.new_gateway("twilio", account="AC1", secret="token-1")
        url = self.page(gateway)
        params = {"MessageSid": "SM9", "SmsStatus": "received", "Body": "STOP"}
        params |= {"From": "+31612345678", "To": "+31687654321"}
        headers = self.signed_by_twilio(self.outside(url), params, "token-1")
        for _time in range(2):
            self.assertEqual(self.post(url, params, **headers), 204)
        message = self.env["sms.incoming"].search([("gateway_id", "=", gateway.id)])
        self.assertEqual(
            (message.sender, message.recipient, message.text),
            ("+31612345678", "+31687654321", "STOP"),
        )
        forged = self.signed_by_twilio(self.outside(url), params, "token-2")
        with mute_logger(LOGGER):
            self.assertEqual(self.post(url, {**params, "MessageSid": "SM10"}, **forged), 403)
        self.assertEqual(
            self.env["sms.incoming"].search([("gateway_id", "=", gateway.id)]), message
        )
