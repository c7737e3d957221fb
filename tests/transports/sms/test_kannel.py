"""The generic HTTP gateway with a real gateway: Kannel, between HTTP and a real SMSC."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sms_peers import kit
from sms_peers.kannel import Kannel
from sms_peers.processes import wait_until

from sms_action.core.delivery import State
from sms_action.core.http.account import HttpAccount
from sms_action.core.http.callback import CallbackRequest, check_callback, read_callback
from sms_action.core.http.presets import presets
from sms_action.core.outcome import Fate
from sms_action.transports import HttpGateway

PRESET = presets()["kannel"]


class Callbacks:
    """Keeps what Kannel calls."""

    def __init__(self):
        self.requests = []
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = f"http://127.0.0.1:{keeper.port}{self.path}"
                keeper.requests.append(CallbackRequest(url, {}))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                """Keep the terminal quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def kannel(tmp_path, start_smsc, closing):
    """Kannel before an SMSC that reports; yields the address of its HTTP side, and the SMSC."""
    smsc = start_smsc("node", reports=["DELIVRD"])
    return closing(Kannel(tmp_path, smsc.port)).url, smsc


def test_messages_go_through_and_reports_come_back(kannel, closing):
    url, smsc = kannel
    callbacks = closing(Callbacks())
    own = HttpAccount(
        PRESET, "odoo", "s3cret-word", callback_secret="cb-secret", options={"server": url}
    )
    target = f"http://127.0.0.1:{callbacks.port}/sms/7?token=cb-secret"
    texts = ["Hello [€] & more", "жди 😀", "a" * 200, "100% + x = y"]
    batch = [
        kit.message(number, text, reference=f"ref-{number}", callback_url=target)
        for number, text in enumerate(texts)
    ]
    gateway = closing(HttpGateway(own))
    found = kit.outcomes(gateway.send(batch))
    assert {one.fate for one in found.values()} == {Fate.ACCEPTED}
    wait_until(lambda: len(smsc.messages) == 5, "five parts at the SMSC")
    said = "".join(sorted(one["text"] for one in smsc.messages))
    assert said == "".join(sorted([texts[0], texts[1], texts[3], "a" * 153, "a" * 47]))

    def delivered():
        reports = [read_callback(one, PRESET.callback) for one in callbacks.requests]
        done = {one.reference for one in reports if one and one.state is State.DELIVERED}
        return done == {f"ref-{number}" for number in range(4)}

    wait_until(delivered, "reports of delivery")
    for request in callbacks.requests:
        check_callback(request, own, 0.0)


def test_a_wrong_password(kannel, closing):
    url, smsc = kannel
    own = HttpAccount(PRESET, "odoo", "wrong-word", options={"server": url})
    (answer,) = closing(HttpGateway(own)).send([kit.message(1)])
    assert (answer.outcome.fate, answer.outcome.reason) == (Fate.GATEWAY, "credentials")
    assert smsc.messages == []
