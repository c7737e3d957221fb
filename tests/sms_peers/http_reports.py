"""Reports as HTTP providers send them, signed as their public documentation says. It is a fake.

Sources: twilio.com/docs/usage/security; developer.vonage.com, *Signing messages* and *Signed
webhooks*; docs.clickatell.com, *Status callback*; developers.messagebird.com, *Handle a status
report* and *Signed requests*.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Listener:
    """Who gets the reports: keeps each request as ``(path with query, headers, body)``."""

    def __init__(self):
        self.requests = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                requests.append((self.path, headers, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = take

            def log_message(self, *arguments):
                """Keep the terminal quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def send(url, headers=None, body=None):
    """Send one report; the listener's answer ends it."""
    with urlopen(Request(url, data=body, headers=headers or {}), timeout=5):
        pass


def twilio(url, message_id, state, secret, **_others):
    params = {"MessageSid": message_id, "MessageStatus": state, "AccountSid": "AC1"}
    written = url + "".join(f"{name}{params[name]}" for name in sorted(params))
    digest = hmac.new(secret.encode(), written.encode(), hashlib.sha1).digest()
    signature = base64.b64encode(digest).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": FORM}
    send(url, headers, urlencode(params).encode())


def vonage(url, message_id, state, secret, method="md5hash", get=False, **_others):
    """Report with the signed parameters of the SMS API, in the address or as JSON."""
    params = {
        "msisdn": "31612345678",
        "to": "A & B = C",
        "network-code": "20408",
        "messageId": message_id,
        "status": state,
        "err-code": "0",
        "message-timestamp": "2026-01-01 12:00:00",
        "timestamp": str(int(time.time())),
        "nonce": str(uuid4()),
    }
    text = "".join(
        f"&{name}={params[name].replace('&', '_').replace('=', '_')}" for name in sorted(params)
    )
    if method == "md5hash":
        params["sig"] = hashlib.md5(f"{text}{secret}".encode()).hexdigest()
    else:
        params["sig"] = hmac.new(secret.encode(), text.encode(), method).hexdigest().upper()
    if get:
        send(f"{url}?{urlencode(params)}")
    else:
        send(url, {"Content-Type": JSON}, json.dumps(params).encode())


def vonage_messages(url, message_id, state, secret, reference="", **_others):
    """Report of an account that is set to the Messages API, with a signed token."""
    content = {
        "message_uuid": message_id,
        "to": "31612345678",
        "from": "Odoo",
        "timestamp": "2026-01-01T12:00:00.000Z",
        "status": state,
        "channel": "sms",
        "client_ref": reference,
    }
    if state in ("rejected", "undeliverable"):
        content["error"] = {"title": "1260", "type": "https://developer.vonage.com/api-errors"}
    body = json.dumps(content).encode()
    claims = {
        "iat": int(time.time()),
        "jti": str(uuid4()),
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": "AC1",
    }
    headers = {"Authorization": f"Bearer {_token(claims, secret)}", "Content-Type": JSON}
    send(url, headers, body)


def clickatell(url, message_id, state, shared, **_others):
    """Report proven by what stands in the address: the provider signs nothing."""
    content = {
        "integrationName": "Odoo",
        "messageId": message_id,
        "requestId": "r" * 32,
        "clientMessageId": "",
        "to": "31612345678",
        "statusCode": 4,
        "status": state,
        "statusDescription": "…",
        "timestamp": 1_700_000_000_000,
    }
    body = json.dumps(content).encode()
    send(f"{url}?token={shared}", {"Content-Type": JSON}, body)


def messagebird(url, message_id, state, secret, reference="", **_others):
    query = {
        "id": message_id,
        "reference": reference,
        "recipient": "31612345678",
        "status": state,
        "statusDatetime": "2026-01-01T12:00:00+00:00",
    }
    if state == "delivery_failed":
        query |= {"statusReason": "unknown+subscriber", "statusErrorCode": "1"}
    whole = f"{url}?{urlencode(query)}"
    now = int(time.time())
    claims = {
        "iss": "MessageBird",
        "nbf": now,
        "exp": now + 60,
        "jti": str(uuid4()),
        "url_hash": hashlib.sha256(whole.encode()).hexdigest(),
    }
    send(whole, {"MessageBird-Signature-JWT": _token(claims, secret)})


def _token(claims, secret):
    pieces = [{"alg": "HS256", "typ": "JWT"}, claims]
    text = ".".join(_base64(json.dumps(one).encode()) for one in pieces)
    return f"{text}.{_base64(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def _base64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
