"""Killed at every place, counted at the SMSC: nothing lost, nothing doubled but in doubt."""

import os
import time

import pytest
from smpp_fixtures import hellos, texts
from smpp_jobs import sessions, states, write_sms
from sms_peers.processes import wait_until

pytest_plugins = ["smpp_fixtures"]
COUNT = 60
PLACES = [
    "sms.message:_checkpoint(begun)",
    "sms.message:_checkpoint(answered)",
    "sms.message:_checkpoint(concluding)",
    "sms.message:_checkpoint(reports.storing)",
    "sms.message:_checkpoint(reports.stored)",
]


@pytest.mark.parametrize("again", [1, 2])
@pytest.mark.parametrize("place", PLACES)
def test_killed(place, again, odoo, start_smsc, meeting):
    """And then another one: what it finds begun is in doubt, everything else arrives once."""
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc, messages=COUNT)
    process = odoo.start(kill_points=[place])
    meeting.wait_reached(place)
    process.kill()
    second = odoo.start()
    found = odoo.wait_settled(COUNT)
    odoo.end(second)
    taken = texts(smsc)
    assert max(taken.values()) == 1, "doubled"
    lost = [text for text in hellos(COUNT) if not taken[text] and found[text][0] != "in_doubt"]
    assert lost == []
    doubtful = [text for text, one in found.items() if one[0] == "in_doubt"]
    # The first block is 50 messages: what has left no trace but an attempt.
    assert len(doubtful) <= 50
    if place.endswith("(concluding)"):
        assert taken == hellos(COUNT)


@pytest.mark.parametrize("again", [1, 2])
def test_two_processes_share_nothing(again, odoo, start_smsc):
    """One holds the session, the other stands by and takes over when it is killed."""
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc)
    first = odoo.start()
    wait_until(lambda: [one[1] for one in odoo.run(sessions)] == ["bound"], "a session")
    second = odoo.start()
    wait_until(lambda: [one[1] for one in odoo.run(sessions)] == ["bound", "standby"], "a stand-by")
    odoo.run(write_sms, count=20)
    odoo.wait_all("delivered", 20)
    first.kill()
    odoo.run(write_sms, count=20, start=20)
    odoo.wait_all("delivered", 40)
    odoo.end(second)
    assert texts(smsc) == hellos(40)


def test_told_to_end_in_the_middle(odoo, start_smsc):
    """What was sent has its outcome, the rest waits in the queue for the next process."""
    smsc = start_smsc("node")
    odoo.use(smsc, messages=300, per_second=100.0)
    process = odoo.start()
    wait_until(lambda: len(smsc.messages) > 20, "the first messages")
    odoo.end(process)
    taken = len(smsc.messages)
    found = [one[0] for one in odoo.run(states).values()]
    assert sorted(set(found)) == ["accepted", "queued"]
    assert found.count("accepted") == taken < 300
    second = odoo.start()
    odoo.wait_all("accepted", 300)
    odoo.end(second)
    assert texts(smsc) == hellos(300)


@pytest.mark.parametrize("again", [1, 2])
def test_the_database_hangs_up(again, odoo, start_smsc, env, database, announced):
    """Every connection of the process is cut while it sends; it goes on by itself."""
    announced.append("database is not to be had|terminating connection|connection already closed")
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc, messages=200, per_second=100.0)
    process = odoo.start()
    wait_until(lambda: len(smsc.messages) > 20, "the first messages")
    env.psql(
        database,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )
    found = odoo.wait(
        lambda found: (
            len(found) == 200
            and not {"queued", "sending", "accepted"} & {one[0] for one in found.values()}
        ),
        90,
    )
    assert os.getpgid(process.pid) == process.pid, "it lives"
    odoo.end(process)
    taken = texts(smsc)
    assert max(taken.values()) == 1, "doubled"
    lost = [text for text in hellos(200) if not taken[text] and found[text][0] != "in_doubt"]
    assert lost == []


def test_nothing_is_asked_of_the_database_while_nothing_happens(odoo, start_smsc, env, database):
    """An idle process costs a few statements every few seconds, whatever it listens for."""
    smsc = start_smsc("node")
    odoo.use(smsc)
    process = odoo.start()
    wait_until(lambda: [one[1] for one in odoo.run(sessions)] == ["bound"], "a session")
    count = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '%s'"
    time.sleep(1.0)
    before = int(env.psql("postgres", count % database))
    time.sleep(12.0)
    after = int(env.psql("postgres", count % database))
    odoo.end(process)
    assert after - before < 60
