"""What becomes of SMS: Odoo's own queue in processes, real commits, counted at a fake provider."""

from collections import Counter

import pytest
import sms_jobs
from sms_jobs import NUMBERS, run_queue, use_gateway, write_messages
from sms_peers.http_fakes import Provider


@pytest.fixture
def provider():
    provider = Provider().start()
    yield provider
    provider.close()


@pytest.fixture
def queue(in_odoo, provider):
    """Start with one gateway at the fake: ``queue(numbers)``, then ``queue.run()``."""
    return Queue(in_odoo, provider)


class Queue:
    """Odoo's SMS queue as a test uses it."""

    def __init__(self, in_odoo, provider):
        self._in_odoo = in_odoo
        self._provider = provider

    def __call__(self, numbers, **gateway):
        self.run(use_gateway, url=self._provider.url, **gateway)
        return self.run(write_messages, numbers=numbers)

    def start(self, function=run_queue, **options):
        return self._in_odoo(function, **options)

    def run(self, function=run_queue, **options):
        return self.start(function, **options).result()

    def messages(self):
        return self.run(sms_jobs.messages)

    def kill_at(self, meeting, place):
        process = self.start(kill_points=[place])
        meeting.wait_reached(place)
        process.kill()


def received(provider):
    """Return how often the provider has got each number."""
    return Counter(
        parameters.get("To") or f"+{parameters['to']}"
        for _name, _id, parameters in provider.messages
    )


ONCE = dict.fromkeys(NUMBERS, 1)


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_anything_was_noted(queue, provider, meeting, again):
    """Nobody's messages, and sent as if nothing had happened."""
    queue(NUMBERS)
    queue.kill_at(meeting, "sms.message:_insert_messages:after")
    assert not provider.messages
    queue.run()
    assert received(provider) == ONCE
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_the_messages_leave(queue, provider, meeting, again):
    """Noted as sending and killed: in doubt, for nobody can know; never lost, never doubled."""
    queue(NUMBERS)
    queue.kill_at(meeting, "sms.message:_checkpoint(begun)")
    assert not provider.messages
    for _run in range(2):
        queue.run()
    assert not provider.messages
    assert queue.messages() == {one: ["in_doubt", "crashed", 1] for one in NUMBERS}
    assert set(queue.run(sms_jobs.queue_states).values()) == {"error"}
    queue.run(sms_jobs.resend, states=["in_doubt"])
    assert received(provider) == ONCE
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}


@pytest.mark.parametrize("again", [1, 2])
def test_killed_between_a_message_and_its_answer(queue, provider, again):
    """In doubt, and not sent a second time by itself."""
    queue(NUMBERS)
    process = queue.start()
    killed = []

    def kill(parameters):
        if not killed:
            killed.append(parameters["To"])
            process.kill()

    provider.before_answer = kill
    with pytest.raises(RuntimeError, match="ended without an answer"):
        process.result()
    for _run in range(2):
        queue.run()
    assert received(provider) == dict.fromkeys(killed, 1)
    assert set(map(tuple, queue.messages().values())) == {("in_doubt", "crashed", 1)}
    queue.run(sms_jobs.resend, states=["in_doubt"])
    assert received(provider) == {**ONCE, killed[0]: 2}, "a person wanted it"


@pytest.mark.parametrize("again", [1, 2])
def test_killed_after_an_answer(queue, provider, meeting, again):
    """The provider has it, Odoo did not note it: in doubt, and not sent again by itself."""
    queue(NUMBERS)
    queue.kill_at(meeting, "sms.message:_checkpoint(answered)")
    taken = received(provider)
    queue.run()
    assert received(provider) == taken
    assert max(taken.values()) == 1
    assert set(map(tuple, queue.messages().values())) == {("in_doubt", "crashed", 1)}


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_odoo_was_told(queue, provider, meeting, again):
    """The outcomes are noted: the next run tells Odoo's queue, and sends nothing."""
    queue(NUMBERS)
    queue.kill_at(meeting, "sms.message:_checkpoint(concluding)")
    assert set(queue.run(sms_jobs.queue_states).values()) == {"outgoing"}
    queue.run()
    assert received(provider) == ONCE
    assert set(queue.run(sms_jobs.queue_states).values()) == {"pending"}
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}


def test_two_companies_two_gateways_in_one_queue(in_odoo, provider):
    """S1, S2: each company's messages at its own provider."""
    other = Provider().start()
    company = in_odoo(sms_jobs.new_company, name="Other").result()
    in_odoo(use_gateway, url=provider.url).result()
    in_odoo(use_gateway, url=other.url, company=company).result()
    in_odoo(write_messages, numbers=NUMBERS[:2]).result()
    in_odoo(write_messages, numbers=NUMBERS[2:], company_id=company).result()
    in_odoo(run_queue).result()
    other.close()
    assert received(provider) == dict.fromkeys(NUMBERS[:2], 1)
    assert received(other) == dict.fromkeys(NUMBERS[2:], 1)


def test_too_many_requests(queue, provider):
    """429 with Retry-After: the gateway rests so long, nothing is counted, then all are sent."""
    provider.replies = [(429, {"Retry-After": "120"}, {"code": 20429, "message": "Slow down"})]
    queue(NUMBERS)
    queue.run()
    queue.run()
    assert len(provider.requests) == 1
    assert queue.messages() == {
        NUMBERS[0]: ["queued", "throttled", 0],
        **{one: ["queued", "throttled", 0] for one in NUMBERS[1:]},
    }
    assert queue.run(sms_jobs.gateways) == [["resting", 0, "throttled"]]
    queue.run(sms_jobs.make_due)
    assert received(provider) == ONCE
    assert queue.run(sms_jobs.gateways) == [["working", 0, ""]]


def test_html_instead_of_json(queue, provider):
    """All seems well, and nobody knows: in doubt, never sent again by itself; the others are."""
    provider.replies = [(200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")]
    queue(NUMBERS)
    for _run in range(2):
        queue.run()
    assert len(provider.requests) == 3
    assert queue.messages()[NUMBERS[0]] == ["in_doubt", "unreadable", 1]
    assert received(provider) == dict.fromkeys(NUMBERS[1:], 1)


def test_closed_without_an_answer(queue, provider):
    provider.replies = [EOFError]
    queue(NUMBERS)
    queue.run()
    assert queue.messages()[NUMBERS[0]] == ["in_doubt", "lost", 1]
    assert received(provider) == dict.fromkeys(NUMBERS[1:], 1)


def test_an_error_inside_200(queue, provider):
    """Vonage says in a good answer that the credentials are bad: the gateway is down at once."""
    queue(NUMBERS, kind="vonage", secret="wrong")
    queue.run()
    queue.run()
    assert len(provider.requests) == 1
    assert {tuple(one) for one in queue.messages().values()} == {("queued", "account", 0)}
    assert queue.run(sms_jobs.gateways) == [["down", 1, "account"]]


def test_wrong_credentials(queue, provider):
    """401: one request for all; when the secret is right, all are sent and nothing was counted."""
    queue(NUMBERS, secret="wrong")
    queue.run()
    queue.run()
    assert len(provider.requests) == 1
    assert queue.run(sms_jobs.gateways) == [["down", 1, "credentials"]]
    assert "cannot send messages" in queue.run(try_connection)
    assert "successful" in queue.run(mend_and_try, secret="s3cret-word").lower()
    queue.run()
    assert received(provider) == ONCE
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}


def try_connection(env):
    from odoo.exceptions import UserError

    try:
        return env["sms.gateway"].search([]).action_test_connection()["params"]["title"]
    except UserError as error:
        return str(error)


def mend_and_try(env, secret):
    env["sms.gateway"].search([]).secret = secret
    return try_connection(env)


def test_a_number_the_provider_refuses(queue, provider):
    provider.replies = [(400, {}, {"code": 21211, "message": "Invalid 'To'", "status": 400})]
    queue(NUMBERS)
    queue.run()
    assert queue.messages()[NUMBERS[0]] == ["failed", "refused", 1]
    assert received(provider) == dict.fromkeys(NUMBERS[1:], 1)


def test_a_provider_that_is_away(queue, provider):
    """Nothing is counted while it is away; when it is back, everything is sent."""
    queue(NUMBERS)
    provider.close()
    queue.run()
    queue.run()
    assert {tuple(one) for one in queue.messages().values()} == {("queued", "unreachable", 0)}
    assert queue.run(sms_jobs.gateways) == [["resting", 1, "unreachable"]]
    back = Provider().start()
    queue.run(move_gateway, url=back.url)
    back.close()
    assert received(back) == ONCE


def move_gateway(env, url):
    gateway = env["sms.gateway"].search([])
    gateway.server = url
    gateway.action_try_again()
    env.cr.commit()
    run_queue(env)


def test_sent_after_the_authors_commit(queue, provider):
    """Stock sends in the middle of the transaction, and what is rolled back has been sent."""
    queue([])
    queue.run(sms_jobs.send_and_roll_back, numbers=NUMBERS)
    assert not provider.messages
    assert queue.run(sms_jobs.send_now, numbers=NUMBERS) == ["outgoing"] * 3
    assert received(provider) == ONCE
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}


def test_two_processes_share_one_queue(queue, provider, meeting):
    """Each message leaves once."""
    numbers = [f"+316123456{number:02}" for number in range(60)]
    queue(numbers, workers=4)
    folder = str(meeting.folder)
    processes = [queue.start(sms_jobs.run_queue_together, folder=folder) for _number in range(2)]
    for process in processes:
        process.result()
    assert received(provider) == dict.fromkeys(numbers, 1)
    assert queue.messages() == {one: ["accepted", "", 1] for one in numbers}


def test_a_slow_gateway_gets_no_more_than_its_rate(queue, provider):
    """Parts per second are the account's: whoever comes second waits for the next turn."""
    queue(NUMBERS, per_second=2.0)
    queue.run()
    assert received(provider) == ONCE
    assert queue.messages() == {one: ["accepted", "", 1] for one in NUMBERS}
