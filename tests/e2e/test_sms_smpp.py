"""SMS over SMPP: the process that holds the session, real servers, real commits."""

import subprocess
import time

import pytest
import smpp_jobs
from smpp_fixtures import hellos, ok, texts
from smpp_jobs import (
    change_gateway,
    gateway,
    incoming,
    queue,
    run_queue,
    sessions,
    states,
    write_sms,
)
from sms_peers import processes
from sms_peers.odd_smsc import OddSmsc

pytest_plugins = ["smpp_fixtures"]
#: What is logged when a session ends against the process' will.
LOST = r"<smpp me@"


@pytest.mark.parametrize("kind", sorted(processes.STARTS))
def test_messages_leave_at_once_and_their_reports_come_back(kind, odoo, start_smsc):
    smsc = start_smsc(kind, reports=["DELIVRD"])
    odoo.use(smsc, messages=30)
    process = odoo.start()
    odoo.wait_all("delivered", 30)
    # Whoever queues wakes the process; nothing else runs here.
    odoo.run(write_sms, count=1, start=30)
    odoo.wait_all("delivered", 31)
    assert odoo.run(sessions) == [["transceiver", "bound", ""]]
    assert odoo.run(gateway) == {"state": "working", "reason": "", "session": "bound"}
    assert set(odoo.run(queue).values()) == {"sent"}
    odoo.end(process)
    assert texts(smsc) == hellos(31)
    assert odoo.run(sessions) == []


def test_messages_of_people_are_kept(odoo, start_smsc):
    """Whole, and each once."""
    people = [["STOP"], ["Привет ", "мир 😀"]]
    smsc = start_smsc("node", people=people)
    odoo.use(smsc)
    process = odoo.start()
    processes.wait_until(lambda: len(odoo.run(incoming)) == 2, "the messages")
    odoo.end(process)
    assert odoo.run(incoming) == [["+31612345678", "STOP", 1], ["+31612345678", "Привет мир 😀", 2]]


def test_reports_in_any_order_and_number(odoo, start_smsc):
    """Before the answer, twice, and with other news afterwards: delivered is the last word."""
    smsc = start_smsc(reports=["DELIVRD", "DELIVRD", "ENROUTE", "UNDELIV"], report_first=True)
    odoo.use(smsc, messages=12)
    process = odoo.start()
    odoo.wait_all("delivered", 12)
    time.sleep(0.5)  # The late ones have come by now.
    assert {one[0] for one in odoo.run(states).values()} == {"delivered"}
    odoo.end(process)
    assert texts(smsc) == hellos(12)


def test_a_failure_is_overridden_by_delivery_only(odoo, start_smsc):
    smsc = start_smsc(reports=["ENROUTE", "UNDELIV", "EXPIRED"])
    odoo.use(smsc, messages=3)
    process = odoo.start()
    odoo.wait_all("undelivered", 3)
    odoo.end(process)
    assert set(odoo.run(queue).values()) == {"error"}


def test_a_long_message_is_delivered_when_every_part_is(odoo, start_smsc):
    smsc = start_smsc(reports=["DELIVRD"])
    odoo.use(smsc)
    odoo.run(write_sms, count=2, text="x" * 300)
    process = odoo.start()
    odoo.wait_all("delivered", 2)
    odoo.end(process)
    assert len(smsc.messages) == 4


def test_two_sessions_send_and_hear(odoo, start_smsc):
    smsc = start_smsc(reports=["DELIVRD"])
    odoo.use(smsc, smpp_bind="pair")
    process = odoo.start()
    processes.wait_until(
        lambda: (
            [one[:2] for one in odoo.run(sessions)]
            == [["receiver", "bound"], ["transmitter", "bound"]]
        ),
        "both sessions",
    )
    odoo.run(write_sms, count=10)
    odoo.wait_all("delivered", 10)
    odoo.end(process)
    assert texts(smsc) == hellos(10)


def test_throttled_messages_go_out_later(odoo, start_smsc):
    """0x58 is no failure."""
    smsc = start_smsc(throttle_every=5)
    odoo.use(smsc, messages=10, smpp_window=2)
    process = odoo.start()
    found = odoo.wait_all("accepted", 10, seconds=60)
    assert {one[1] for one in found.values()} == {""}
    odoo.end(process)
    assert texts(smsc) == hellos(10)


def test_a_silent_smsc_leaves_doubt_about_what_it_got(odoo, start_smsc, announced):
    """When one that answers is there again, the others leave by themselves."""
    announced.append(LOST)
    smsc = start_smsc(silent_after=2)
    odoo.use(smsc, messages=6, smpp_window=1, smpp_answer_seconds=1.0, smpp_enquire_seconds=0.5)
    process = odoo.start()
    found = odoo.wait(lambda found: "in_doubt" in {one[0] for one in found.values()})
    assert [one[0] for one in found.values()].count("accepted") == 2
    assert len(smsc.messages) == 2
    smsc.kill()
    again = start_smsc(port=smsc.port)
    found = odoo.wait_settled(6, 90)
    doubtful = [text for text, one in found.items() if one[0] == "in_doubt"]
    odoo.end(process)
    # Both have written into the same file.
    assert set(hellos(6)) - set(doubtful) <= set(texts(again))
    assert max(texts(again).values()) == 1


def test_a_farewell_costs_nothing(odoo, start_smsc, announced):
    announced.append(LOST)
    smsc = start_smsc(unbind_after=5)
    odoo.use(smsc, messages=12, smpp_window=1)
    process = odoo.start()
    odoo.wait_all("accepted", 12)
    odoo.end(process)
    assert texts(smsc) == hellos(12)


def test_a_malformed_answer_leaves_doubt_about_one(odoo, closing, announced):
    announced.append(LOST)
    smsc = closing(OddSmsc(lambda number, seq: b"HTTP/1.1 400" if number == 2 else ok(number, seq)))
    odoo.use(smsc, messages=4, smpp_window=1)
    process = odoo.start()
    found = odoo.wait_settled(4)
    assert sorted(one[0] for one in found.values()) == ["accepted"] * 3 + ["in_doubt"]
    odoo.end(process)
    assert smsc.submitted == 4


def test_a_wrong_password_is_shown_and_costs_no_attempt(odoo, start_smsc, announced):
    announced.append(LOST)
    smsc = start_smsc(password="another")
    odoo.use(smsc, messages=3)
    process = odoo.start()
    processes.wait_until(lambda: odoo.run(gateway)["state"] == "down", "the gateway's condition")
    assert {(one[0], one[2]) for one in odoo.run(states).values()} == {("queued", 0)}
    [[_kind, _state, problem]] = processes.wait_until(
        lambda: [one for one in odoo.run(sessions) if one[1] == "refused"], "the session's state"
    )
    assert odoo.run(gateway) == {"state": "down", "reason": "credentials", "session": "refused"}
    assert "password is wrong" in problem
    assert "another" not in problem and "s3cret" not in problem
    # Mended in the form: the process signs in anew, and nothing has to be pressed.
    odoo.run(change_gateway, secret="another")
    odoo.wait_all("accepted", 3)
    odoo.end(process)
    assert texts(smsc) == hellos(3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"smpp_host": "no-such-host.invalid"}, "no host of this name"),
        ({"smpp_port": 1}, "nothing listens on this port"),
        ({"smpp_tls": True}, "Perhaps the port expects no TLS"),
        ({"secret": "wrong"}, "The provider refuses the account"),
        ({}, "accepted"),
    ],
    ids=["dns", "port", "tls", "password", "works"],
)
def test_connection_test_says_what_is_wrong(values, said, odoo, start_smsc):
    smsc = start_smsc(password="s3cret-word")
    odoo.use(smsc, **values)
    assert said in odoo.run(smpp_jobs.test_connection)


def test_connection_test_of_a_silent_host(odoo, closing):
    smsc = closing(OddSmsc(ok, bind=b"\0"))
    odoo.use(smsc, smpp_connect_seconds=0.5)
    assert "then says nothing" in odoo.run(smpp_jobs.test_connection)


def test_without_the_process_the_queue_sends(odoo, start_smsc):
    smsc = start_smsc()
    odoo.use(smsc, messages=5)
    odoo.run(run_queue)
    assert {one[0] for one in odoo.run(states).values()} == {"accepted"}
    assert texts(smsc) == hellos(5)
    assert odoo.run(gateway)["session"] == "none"


def test_statements_do_not_grow_with_messages(odoo, start_smsc):
    """A block costs what it costs, and there is about one a second."""
    odoo.use(start_smsc())
    odoo.run(smpp_jobs.count_statements, count=5)  # It notes that the gateway works.
    few = odoo.run(smpp_jobs.count_statements, count=5)
    assert odoo.run(smpp_jobs.count_statements, count=50) <= few + 3
    assert odoo.run(smpp_jobs.count_statements, count=500) <= few + 60


def test_the_queue_leaves_a_process_its_messages(odoo, start_smsc, meeting):
    """No second session is opened beside the one that is held."""
    place = "sms.message:_checkpoint(begun)"
    smsc = start_smsc()
    odoo.use(smsc, messages=3)
    process = odoo.start(kill_points=[place])
    meeting.wait_reached(place)
    odoo.run(write_sms, count=3, start=3)
    odoo.run(run_queue)
    assert smsc.messages == []
    meeting.release(place)
    odoo.wait_all("accepted", 6)
    odoo.end(process)
    assert texts(smsc) == hellos(6)


def test_the_command(odoo, env, database, folder, start_smsc):
    """As an administrator starts it; SIGTERM ends it with 0."""
    smsc = start_smsc("smpp34", reports=["DELIVRD"])
    odoo.use(smsc, messages=5)
    process = env.popen_odoo(["sms_gateway", "-d", database], folder / "process.log")
    try:
        odoo.wait_all("delivered", 5)
    finally:
        process.terminate()
    assert process.wait(30) == 0
    assert texts(smsc) == hellos(5)
    done = subprocess.run(
        [str(env.python), str(env.odoo_bin), "sms_gateway", "-d", f"{database},other"],
        env=env.environ(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "name one database" in done.stderr
