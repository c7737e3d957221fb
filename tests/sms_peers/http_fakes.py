"""A fake of HTTP providers, written from their public documentation. It is a fake: it knows the
requests of Twilio's, Vonage's, Clickatell's and MessageBird's SMS APIs, checks them, and answers as
documented. Its reports are in :mod:`.http_reports`."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

ACCOUNT, SECRET = "AC1", "s3cret-word"


class Provider:
    """One server that plays all providers.

    :ivar messages: what was accepted, as (provider, id, parameters)
    :ivar replies: prepared answers, used up first: (status, headers, body), or an exception class
        to close the connection, or a number of seconds to be silent for
    :ivar before_answer: called with each message that was accepted, before its answer
    """

    def __init__(self, account=ACCOUNT, secret=SECRET):
        self._account, self._secret = account, secret
        self.messages = []
        self.requests = []
        self.replies = []
        self.connections = 0
        self.before_answer = None
        self._lock = threading.Lock()

    def start(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                with provider._lock:
                    provider.connections += 1

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                reply = provider.answer(self, body)
                if reply is None:
                    self.close_connection = True
                    return
                status, headers, content = reply
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = handle_any

            def log_message(self, *arguments):
                """Keep the terminal quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 100

            def handle_error(self, request, address):
                """A client that hangs up is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def answer(self, request, body):
        with self._lock:
            self.requests.append((request.path, dict(request.headers), body))
            prepared = self.replies.pop(0) if self.replies else None
        if isinstance(prepared, int | float):
            time.sleep(prepared)
            return None
        if prepared is not None:
            return None if prepared is EOFError else prepared
        path = urlsplit(request.path).path
        if path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
            return self._twilio_account(request)
        if path.endswith("/Messages.json"):
            return self._twilio(request, dict(parse_qsl(body.decode())))
        if path == "/sms/json":
            return self._vonage(dict(parse_qsl(body.decode())))
        if path == "/account/get-balance":
            return self._vonage_balance(dict(parse_qsl(urlsplit(request.path).query)))
        if path in ("/public-client/balance", "/balance"):
            return self._balance(request, path)
        if path == "/messages" and request.headers.get("Authorization", "").startswith("AccessKey"):
            return self._messagebird(request, json.loads(body))
        if path == "/messages":
            return self._clickatell(request, json.loads(body))
        return 404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>"

    def _take(self, name, parameters):
        with self._lock:
            message_id = f"{name}-{len(self.messages) + 1}"
            self.messages.append((name, message_id, parameters))
        if self.before_answer:
            self.before_answer(parameters)
        return message_id

    def _is_twilio_user(self, request):
        pair = base64.b64encode(f"{self._account}:{self._secret}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {pair}"

    def _twilio_account(self, request):
        if not self._is_twilio_user(request):
            return 401, {}, {"code": 20003, "message": "Authenticate", "status": 401}
        return 200, {}, {"sid": self._account, "status": "active"}

    def _twilio(self, request, form):
        if not self._is_twilio_user(request):
            return 401, {}, {"code": 20003, "message": "Authenticate", "status": 401}
        if not form.get("To", "").startswith("+"):
            return 400, {}, {"code": 21211, "message": "Invalid 'To'", "status": 400}
        return 201, {}, {"sid": self._take("twilio", form), "status": "queued", "error_code": None}

    def _vonage(self, form):
        if (form.get("api_key"), form.get("api_secret")) != (self._account, self._secret):
            problem = {"status": "4", "error-text": "Bad Credentials"}
            return 200, {}, {"message-count": "1", "messages": [problem]}
        problem = None
        if not form.get("to", "").isdigit():
            problem = {"status": "3", "error-text": "Invalid to"}
        elif not 20_000 <= int(form.get("ttl", 20_000)) <= 604_800_000:
            problem = {"status": "3", "error-text": "Invalid ttl"}
        elif len(form.get("client-ref", "")) > 40:
            problem = {"status": "3", "error-text": "Invalid client-ref"}
        if problem:
            return 200, {}, {"message-count": "1", "messages": [problem]}
        one = {"to": form["to"], "message-id": self._take("vonage", form), "status": "0"}
        return 200, {}, {"message-count": "1", "messages": [one]}

    def _clickatell(self, request, content):
        if request.headers.get("Authorization") != self._secret:
            return 401, {}, {"errorCode": 1, "error": "Invalid or missing Integration API Key"}
        [to] = content["to"]
        if not to.isdigit():
            problem = {"apiMessageId": None, "accepted": False, "to": to, "errorCode": 25}
            return 202, {}, {"messages": [{**problem, "error": "Invalid recipient address"}]}
        one = {"apiMessageId": self._take("clickatell", content), "accepted": True}
        return 202, {}, {"messages": [{**one, "to": to, "error": None}]}

    def _messagebird(self, request, content):
        if not self._has_key(request):
            return self._no_key()
        [to] = content["recipients"]
        if not to.isdigit():
            problem = {"code": 9, "description": "no (correct) recipients found"}
            return 422, {}, {"errors": [{**problem, "parameter": "recipients"}]}
        if len(content["originator"]) > (17 if content["originator"].isdigit() else 11):
            problem = {"code": 9, "description": "originator is invalid"}
            return 422, {}, {"errors": [{**problem, "parameter": "originator"}]}
        item = {"recipient": int(to), "status": "sent", "messagePartCount": 1}
        recipients = {"totalCount": 1, "totalSentCount": 1, "items": [item]}
        message_id = self._take("messagebird", content)
        return 201, {}, {"id": message_id, "direction": "mt", "recipients": recipients}

    def _has_key(self, request):
        return request.headers.get("Authorization") == f"AccessKey {self._secret}"

    def _no_key(self):
        problem = {"code": 2, "description": "Request not allowed (incorrect access_key)"}
        return 401, {}, {"errors": [{**problem, "parameter": "access_key"}]}

    def _vonage_balance(self, query):
        if (query.get("api_key"), query.get("api_secret")) != (self._account, self._secret):
            return 401, {}, {"error-code": "401", "error-code-label": "authentication failed"}
        return 200, {}, {"value": 10.28, "autoReload": False}

    def _balance(self, request, path):
        if path == "/balance":
            known = self._has_key(request)
            return (200, {}, {"amount": 9, "type": "credits"}) if known else self._no_key()
        if request.headers.get("Authorization") != self._secret:
            return 401, {}, {"errorCode": 1, "error": "Invalid or missing Integration API Key"}
        return 200, {}, {"balance": 5.0, "currency": "USD"}

    def close(self):
        self._server.shutdown()
        self._server.server_close()
