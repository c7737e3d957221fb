"""A sending process killed in the middle: counted at the server, nothing twice, nothing lost."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from smtp_kit import queue_worker
from smtp_kit.aiosmtpd_server import MailServer
from smtp_kit.script_server import ScriptServer


@pytest.fixture
def worker(tmp_path):
    """Start queue workers on one queue; whatever is left of them ends with the test."""
    path = tmp_path / "queue.sqlite"
    started = []

    def start(server, sessions=1):
        command = [sys.executable, Path(queue_worker.__file__), path, server.port, sessions]
        process = subprocess.Popen([str(part) for part in command])
        started.append(process)
        return process

    start.path = path
    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def arrived(server):
    return Counter(to for one in server.received for to in one.recipients)


@pytest.mark.parametrize("sessions", [1, 3])
@pytest.mark.parametrize("again", [1, 2])
def test_killed_between_the_message_and_its_answer(worker, sessions, again):
    """What the server has and the process has not heard of is in doubt, and stays single."""
    people = [f"p{number}@example.com" for number in range(12)]
    queue_worker.create(worker.path, people)
    victims = []

    def kill_once(received):
        if received.recipients == ["p5@example.com"] and len(victims) == 1:
            victims.append("killed")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    with MailServer(before_answer=kill_once) as server:
        victims.append("running")
        process = worker(server, sessions)
        assert process.wait(20) == -signal.SIGKILL
        left = queue_worker.states(worker.path)
        assert left["p5@example.com"] == ("sending", 1)
        assert worker(server, sessions).wait(20) == 0
        counted = arrived(server)
    states = queue_worker.states(worker.path)
    assert states["p5@example.com"] == ("in_doubt", 1)
    assert max(counted.values()) == 1
    # Whoever is not in doubt was sent once; with several sessions, several may be in doubt.
    in_doubt = {one for one, (state, _attempts) in states.items() if state == "in_doubt"}
    assert {state for state, _attempts in states.values()} == {"sent", "in_doubt"}
    assert len(in_doubt) <= sessions
    assert set(people) - in_doubt <= set(counted)


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_the_message_was_sent(worker, again):
    """From outside that cannot be told from the other case: in doubt as well, and not sent."""
    queue_worker.create(worker.path, ["ann@example.com", "bob@example.com"])

    def script(line):
        line.talk("DATA")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    with ScriptServer(script) as dying:
        process = worker(dying)
        process.wait(20)
    with MailServer() as server:
        assert worker(server).wait(20) == 0
        counted = arrived(server)
    assert queue_worker.states(worker.path) == {
        "ann@example.com": ("in_doubt", 1),
        "bob@example.com": ("sent", 1),
    }
    assert counted == {"bob@example.com": 1}


@pytest.mark.parametrize("again", [1, 2])
def test_a_server_that_dies_after_the_message_gets_it_once(worker, smtp_sink, again):
    from smtp_kit.sink import Sink

    queue_worker.create(worker.path, ["ann@example.com", "bob@example.com"])
    with Sink(smtp_sink, "-q", ".") as sink:
        assert worker(sink).wait(20) == 0
        assert worker(sink).wait(20) == 0
        counted = Counter(to for one in sink.messages() for to in one.recipients)
    assert queue_worker.states(worker.path) == {
        "ann@example.com": ("in_doubt", 1),
        "bob@example.com": ("in_doubt", 1),
    }
    assert counted == {"ann@example.com": 1, "bob@example.com": 1}


@pytest.mark.parametrize("again", [1, 2])
def test_a_server_that_is_down_costs_no_message_an_attempt(worker, again):
    queue_worker.create(worker.path, ["ann@example.com", "bob@example.com"])
    with ScriptServer(lambda line: line.say("421 4.3.2 Closed")) as server:
        assert worker(server).wait(20) == 0
    assert set(queue_worker.states(worker.path).values()) == {("queued", 0)}
    with MailServer() as server:
        assert worker(server).wait(20) == 0
        assert arrived(server) == {"ann@example.com": 1, "bob@example.com": 1}
