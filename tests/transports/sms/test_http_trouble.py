"""HTTP gateways when things go wrong: each has one clear outcome."""

import socket
import threading
import time

import pytest
from sms_peers import kit

from sms_action.core.http.account import HttpAccount
from sms_action.core.http.description import HttpDescription
from sms_action.core.outcome import Fate
from sms_action.transports import HttpGateway
from sms_action.transports.http_probe import probe

HTML = b"<!DOCTYPE html><html><body>Welcome to the hotel network</body></html>"


def account(url, test_url="", **values):
    description = HttpDescription(
        "own", "Own", f"{url}/sms/json", parameters={"to": "{to}"}, test_url=test_url
    )
    defaults = {"secret": "s3cret-word", "workers": 1, "answer_seconds": 1.5}
    values = {"connect_seconds": 1.0, **defaults, **values}
    return HttpAccount(description, "me", **values)


def send(gateway, count=1):
    found = kit.outcomes(gateway.send(kit.message(number) for number in range(count)))
    return [found[number] for number in range(count)]


@pytest.mark.parametrize(
    ("reply", "fate", "reason"),
    [
        ((200, {"Content-Type": "text/html"}, HTML), Fate.IN_DOUBT, "unreadable"),
        ((502, {}, HTML), Fate.IN_DOUBT, "server"),
        ((503, {}, HTML), Fate.RETRY, "server"),
        ((301, {"Location": "https://elsewhere.example.com"}, b""), Fate.GATEWAY, "address"),
        ((400, {}, b'{"error": "no"}'), Fate.FAILED, "refused"),
        ((403, {}, b""), Fate.GATEWAY, "credentials"),
        (EOFError, Fate.IN_DOUBT, "lost"),
        (4.0, Fate.IN_DOUBT, "no_answer"),
        ((200, {"Transfer-Encoding": "chunked"}, b"no chunk"), Fate.IN_DOUBT, "lost"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), Fate.IN_DOUBT, "lost"),
        # The fake adds the right length: two that differ. The message was sent all the same.
        ((200, {"Content-Length": "5"}, b"{}"), Fate.IN_DOUBT, "lost"),
    ],
    ids=[
        *("HTML", "502", "503", "redirect", "400", "403", "closed", "silent", "chunks", "gzip"),
        "lengths",
    ],
)
def test_one_clear_outcome(reply, fate, reason, provider, closing):
    provider.replies = [reply]
    (outcome,) = send(closing(HttpGateway(account(provider.url))))
    assert (outcome.fate, outcome.reason) == (fate, reason)
    assert len(provider.requests) == 1, "nothing is repeated behind the caller's back"
    assert "s3cret" not in outcome.message


def test_an_error_inside_a_200(provider, closing):
    from sms_action.core.http.presets import presets

    vonage = presets()["vonage"]
    problem = {"messages": [{"status": "9", "error-text": "Quota exceeded: buy credit"}]}
    provider.replies = [(200, {}, problem)]
    own = HttpAccount(
        HttpDescription("v", "V", f"{provider.url}/sms/json", reply=vonage.reply), "me", "s3cret"
    )
    (outcome,) = send(closing(HttpGateway(own)))
    assert (outcome.fate, outcome.code) == (Fate.GATEWAY, "9")
    assert "buy credit" in outcome.message


def test_a_long_pause_sends_the_rest_back_to_the_queue(provider, closing):
    provider.replies = [(429, {"Retry-After": "120"}, b"")]
    found = send(closing(HttpGateway(account(provider.url))), count=5)
    assert {(one.fate, one.reason, one.retry_after) for one in found} == {
        (Fate.RETRY, "throttled", 120.0)
    }
    assert len(provider.requests) == 1


def test_a_short_pause_is_waited_for(provider, closing):
    provider.replies = [(429, {"Retry-After": "1"}, b""), (200, {}, {}), (200, {}, {})]
    started = time.monotonic()
    found = send(closing(HttpGateway(account(provider.url))), count=3)
    assert [one.fate for one in found] == [Fate.RETRY, Fate.ACCEPTED, Fate.ACCEPTED]
    assert time.monotonic() - started >= 1.0, "the gateway asked for it"


def test_a_gateway_that_is_down_does_not_hear_the_whole_batch(provider, closing):
    waits = []
    provider.replies = [(503, {}, b"")] * 50
    gateway = closing(
        HttpGateway(account(provider.url), clock=lambda: sum(waits), sleep=waits.append)
    )
    found = send(gateway, count=50)
    assert {one.fate for one in found} == {Fate.RETRY}
    assert len(provider.requests) == 5 and waits == [1.0] * 4


def test_nobody_listens(closing):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = send(closing(HttpGateway(account(f"http://127.0.0.1:{port}"))), count=4)
    assert {(one.fate, one.reason) for one in found} == {(Fate.RETRY, "unreachable")}


def test_a_server_without_tls(provider, closing):
    url = provider.url.replace("http://", "https://")
    found = send(closing(HttpGateway(account(url))), count=2)
    assert {(one.fate, one.reason) for one in found} == {(Fate.GATEWAY, "certificate")}


def test_a_name_nobody_knows(closing):
    (outcome,) = send(closing(HttpGateway(account("http://sms.invalid"))))
    assert (outcome.fate, outcome.reason) == (Fate.RETRY, "unreachable")


@pytest.mark.parametrize("url", ["https://", "http://:80", "http://exa mple", "gopher://x"])
def test_an_address_that_is_none(url, closing):
    (outcome,) = send(closing(HttpGateway(account(url))))
    assert outcome.fate in (Fate.GATEWAY, Fate.RETRY)


def dripping(answer):
    """Start a server that sends this for 30 seconds, a piece at a time; return its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _address = server.accept()
        with connection, server:
            connection.recv(65536)
            try:
                for _piece in range(600):
                    connection.sendall(answer)
                    time.sleep(0.05)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nX-A: b\r\n", b"HTTP/1.1 200 OK\r\n\r\n{", b"x"],
    ids=["headers", "body", "nothing"],
)
def test_an_answer_that_never_ends(answer, closing):
    port = dripping(answer)
    started = time.monotonic()
    (outcome,) = send(closing(HttpGateway(account(f"http://127.0.0.1:{port}"))))
    assert outcome.fate is Fate.IN_DOUBT
    assert time.monotonic() - started < 15, "it was not waited for"


def test_an_answer_that_never_ends_when_the_caller_stops(closing):
    """The error of the caller is not held up by it."""

    def messages():
        yield kit.message(0)
        raise KeyError("template")

    port = dripping(b"HTTP/1.1 200 OK\r\n\r\n{")
    gateway = closing(HttpGateway(account(f"http://127.0.0.1:{port}", workers=2)))
    started = time.monotonic()
    with pytest.raises(KeyError):
        list(gateway.send(messages()))
    assert time.monotonic() - started < 15, "it was not waited for"


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n{", Fate.ACCEPTED),
        (b"x", Fate.IN_DOUBT),
    ],
    ids=["body", "nothing"],
)
def test_a_test_of_the_connection_waits_for_no_answer_that_never_ends(answer, fate):
    """Its status is enough; a worker of Odoo is not held up."""
    url = f"http://127.0.0.1:{dripping(answer)}"
    tried = account(url, test_url=f"{url}/balance")
    started = time.monotonic()
    assert probe(tried).fate is fate
    assert time.monotonic() - started < 15, "it was not waited for"


@pytest.mark.parametrize("server", ["http://127.0.0.1:99999", f"http://{'a' * 70}.example.com"])
def test_a_test_of_an_address_that_cannot_be(server):
    outcome = probe(account(server))
    assert (outcome.fate, outcome.reason) == (Fate.GATEWAY, "address")


def test_a_huge_answer_is_not_kept(provider, closing):
    provider.replies = [(200, {}, b'{"a": "' + b"x" * (8 << 20) + b'"}')]
    (outcome,) = send(closing(HttpGateway(account(provider.url))))
    assert (outcome.fate, outcome.reason) == (Fate.IN_DOUBT, "unreadable")


def test_a_kept_connection_that_was_closed_meanwhile(start_proxy, provider, closing):
    """It is noticed before it is used: nothing is in doubt."""
    proxy = start_proxy(provider.port)
    gateway = closing(HttpGateway(account(f"http://127.0.0.1:{proxy.port}")))
    provider.replies = [(200, {}, {})] * 4
    assert [one.fate for one in send(gateway, 2)] == [Fate.ACCEPTED] * 2
    proxy.cut()
    time.sleep(0.2)
    assert [one.fate for one in send(gateway, 2)] == [Fate.ACCEPTED] * 2


def test_answers_lost_on_the_way_leave_doubt(start_proxy, provider, closing):
    proxy = start_proxy(provider.port)
    proxy.answers_lost = True
    gateway = closing(HttpGateway(account(f"http://127.0.0.1:{proxy.port}", workers=4)))
    provider.replies = [(200, {}, {})] * 4
    assert {one.fate for one in send(gateway, 4)} == {Fate.IN_DOUBT}
    assert len(provider.requests) == 4, "each was sent once"
