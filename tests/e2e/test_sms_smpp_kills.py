"""Killed at every place, counted at the SMSC: nothing lost, nothing doubled but in doubt."""

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
#: Messages in doubt after each kill, where that is known beforehand: a block, whose attempts are
#: all that is noted, or none.
DOUBTFUL = {PLACES[0]: 50, PLACES[2]: 0}


@pytest.mark.parametrize("place", PLACES)
def test_killed_twice(place, odoo, start_smsc, meeting):
    """And then another one: what it finds begun is in doubt, everything else arrives once."""
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc)
    for sent in (0, COUNT):
        odoo.run(write_sms, count=COUNT, start=sent)
        process = odoo.start(kill_points=[place])
        meeting.wait_reached(place)
        process.kill()
        (meeting.folder / f"{place}.reached").unlink()
        second = odoo.start()
        found = odoo.wait_settled(sent + COUNT)
        odoo.end(second)
        doubtful = check(texts(smsc), found)
        if place in DOUBTFUL:
            assert doubtful == DOUBTFUL[place] * (sent + COUNT) / COUNT


def check(taken, found):
    """Compare what the SMSC took with what Odoo believes; returns how many are in doubt."""
    assert max(taken.values()) == 1, "doubled"
    doubtful = [text for text, one in found.items() if one[0] == "in_doubt"]
    lost = [text for text in found if not taken[text] and text not in doubtful]
    assert lost == []
    assert set(taken) <= set(found)
    return len(doubtful)


def test_two_processes_share_nothing(odoo, start_smsc):
    """One holds the session, the other stands by and takes over when it is killed."""
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc)
    first = odoo.start()
    for sent in (0, 40):
        wait_until(lambda: "bound" in [one[1] for one in odoo.run(sessions)], "a session")
        second = odoo.start()
        wait_until(lambda: "standby" in [one[1] for one in odoo.run(sessions)], "a stand-by")
        odoo.run(write_sms, count=20, start=sent)
        odoo.wait_all("delivered", sent + 20)
        first.kill()
        odoo.run(write_sms, count=20, start=sent + 20)
        odoo.wait_all("delivered", sent + 40)
        first = second
    odoo.end(first)
    assert texts(smsc) == hellos(80)


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


def test_the_database_hangs_up_twice(odoo, start_smsc, env, database, announced):
    """Every connection of the process is cut while it sends; it goes on by itself."""
    # What PostgreSQL's library says depends on where the cut finds it.
    announced.append("is not to be had|closed the connection|already closed|terminating connection")
    smsc = start_smsc("node", reports=["DELIVRD"])
    odoo.use(smsc, messages=300, per_second=100.0)
    process = odoo.start()
    for sent in (20, 150):
        wait_until(lambda sent=sent: len(smsc.messages) > sent, "some messages")
        env.psql(
            database,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()",
        )
    found = odoo.wait_settled(300, 90)
    assert process.is_alive()
    odoo.end(process)
    assert check(texts(smsc), found) < 300


def test_nothing_is_asked_of_the_database_while_nothing_happens(odoo, start_smsc, env, database):
    """An idle process costs a few statements every few seconds, whatever it listens for."""
    smsc = start_smsc("node")
    odoo.use(smsc)
    process = odoo.start()
    wait_until(lambda: [one[1] for one in odoo.run(sessions)] == ["bound"], "a session")
    count = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '%s'"
    time.sleep(1.0)
    before = int(env.psql("postgres", count % database))
    time.sleep(6.0)
    after = int(env.psql("postgres", count % database))
    odoo.end(process)
    assert after - before < 40
