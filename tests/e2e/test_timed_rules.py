"""Timed rules with real commits: two workers, killed workers, and the index of a date."""

import pytest
from harness.meeting import Meeting, wait_until
from timed_jobs import assert_no_scan, late_marks, look, make_late, make_many, make_rule, plans

RECORDS = 40
ROUNDS = 5


def prepare(env, records=RECORDS):
    """A rule on leaves that has been activated, and records that come too late for it."""
    rule = make_rule(env)
    make_late(env, records)
    return rule


def work(env, folder):
    """Look for what is due together with the other process, round after round."""
    meeting = Meeting(folder)
    for turn in range(ROUNDS):
        meeting.barrier(f"start {turn}", parties=2)
        env["base.automation"]._run_timed_rules()
        env.cr.commit()
    return True


def marks(env, rule):
    """Return how often the rule has run on each record, and what its ledger says."""
    names = env["resource.calendar.leaves"].search([("name", "like", "due")]).mapped("name")
    rows = env["base.automation.due"].search([("rule_id", "=", rule)])
    return [name.count("!") for name in names], sorted(set(rows.mapped("state"))), len(rows)


def test_two_workers(in_odoo, meeting):
    """Two that look at the same time run the rule once for each record."""
    rule = in_odoo(prepare).result()
    workers = [in_odoo(work, folder=str(meeting.folder)) for _at in range(2)]
    assert [worker.result(timeout_seconds=300) for worker in workers] == [True, True]
    assert in_odoo(marks, rule=rule).result() == [[1] * RECORDS, ["done"], RECORDS]


@pytest.mark.parametrize("place", ["due.begun", "due.executed"])
def test_killed_worker(in_odoo, meeting, place):
    """What it had not committed is done by the next one, and nothing twice."""
    rule = in_odoo(prepare).result()
    point = f"base.automation:_checkpoint({place})"
    worker = in_odoo(look, kill_points=(point,))
    meeting.wait_reached(point)
    assert in_odoo(marks, rule=rule).result()[2] == 0
    worker.kill()
    expected = [[1] * RECORDS, ["done"], RECORDS]
    wait_until(
        lambda: in_odoo(look).result() or in_odoo(marks, rule=rule).result() == expected,
        "the work of the killed worker to be done",
        timeout_seconds=120,
    )


def share(env):
    """Work off what is due; there are lanes to help."""
    from odoo.tools import config

    config["max_cron_threads"] = 2
    env["base.automation"]._run_timed_rules()


def compete(env):
    """Work off what is due alone, also what lanes have been given."""
    from odoo.tools import config

    config["max_cron_threads"] = 1
    env["base.automation"]._run_timed_rules()


def lane(env, folder, parties):
    """Run background tasks beside others until none is left."""
    if parties:
        Meeting(folder).barrier("start", parties=parties)
    return env["server.action.task"]._drain()[0]


MANY, PARTS = 3500, 3


def test_lanes_share_one_rule(in_odoo, meeting):
    """A rule that is due for very many records is run by a pass and lanes, once for each."""
    rule = in_odoo(prepare, records=MANY).result(timeout_seconds=120)
    in_odoo(share).result(timeout_seconds=120)
    # A second look meets the lanes, and does what they have not done yet.
    workers = [in_odoo(lane, folder=str(meeting.folder), parties=2) for _at in range(2)]
    rival = in_odoo(compete)
    ran = [worker.result(timeout_seconds=300) for worker in workers]
    rival.result(timeout_seconds=300)
    assert sum(ran) == PARTS
    assert in_odoo(marks, rule=rule).result() == [[1] * MANY, ["done"], MANY]


def test_killed_lane(in_odoo, meeting, announced):
    """A lane that dies over its part leaves it to the next one."""
    announced.append("Workers died while running tasks")
    rule = in_odoo(prepare, records=MANY).result(timeout_seconds=120)
    in_odoo(share).result(timeout_seconds=120)
    point = "base.automation:_checkpoint(due.part)"
    worker = in_odoo(lane, folder=str(meeting.folder), parties=0, kill_points=(point,))
    meeting.wait_reached(point)
    worker.kill()
    wait_until(
        lambda: (
            in_odoo(lane, folder=str(meeting.folder), parties=0).result() >= 0
            and in_odoo(marks, rule=rule).result() == [[1] * MANY, ["done"], MANY]
        ),
        "the parts of the killed lane to be done",
        timeout_seconds=120,
    )


FILLED, OTHERS = 1_000_000, 2


def fill(env, rule):
    """A million leaves over ten years and the index the rule needs; what is over is in the ledger,
    of this rule and of others, and other scheduled actions have wake-ups."""
    from odoo.addons.base_automation_ext.models.due_index import sync_due_indexes

    make_many(env, FILLED)
    env.cr.execute(
        """
        INSERT INTO base_automation_due (rule_id, res_id, due_at, step, value, state, fired_at)
        SELECT %s + other, id, date_from + interval '1 day', 0, date_from, 'done', date_from
          FROM resource_calendar_leaves, generate_series(0, %s) AS other
         WHERE name = 'due' AND date_from < (now() AT TIME ZONE 'UTC') - interval '1 day'
        """,
        [rule, OTHERS],
    )
    env.cr.execute(
        """
        INSERT INTO ir_cron_trigger (cron_id, call_at)
        SELECT cron.id, now() + n * interval '1 minute'
          FROM ir_cron cron, generate_series(1, 5000) n
        """
    )
    for table in READ:
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    sync_due_indexes(env.registry)


READ = ("resource_calendar_leaves", "base_automation_due", "ir_cron_trigger")


def indexes(env):
    env.cr.execute("SELECT indexname FROM pg_indexes WHERE starts_with(indexname, %s)", [PREFIX])
    return [name for [name] in env.cr.fetchall()]


PREFIX = "base_automation_due_at_"


def remove(env, rule):
    from odoo.addons.base_automation_ext.models.due_index import sync_due_indexes

    env["base.automation"].browse(rule).unlink()
    env.cr.commit()
    sync_due_indexes(env.registry)


def test_index(in_odoo):
    """The date gets an index while a rule needs it; a pass reads no table from end to end."""
    rule = in_odoo(prepare, records=20).result()
    in_odoo(fill, rule=rule).result(timeout_seconds=240)
    name = f"{PREFIX}resource_calendar_leaves_date_from"
    assert in_odoo(indexes).result() == [name]
    found = in_odoo(plans, tables=READ).result(timeout_seconds=120)
    assert any(name in plan for _statement, plan in found)
    assert_no_scan(found, READ)
    assert in_odoo(late_marks, rule=rule).result() == [[1] * 20, ["done"]]
    in_odoo(remove, rule=rule).result(timeout_seconds=120)
    assert in_odoo(indexes).result() == []
