"""Timed rules with real commits: two workers, killed workers, and the index of a date."""

import pytest
from harness.meeting import Meeting, wait_until

RECORDS = 40
ROUNDS = 5
HIT = "record.write({'name': record.name + '!'})"


def prepare(env, records=RECORDS, code=HIT):
    """A rule on leaves that has been activated, and records that come too late for it."""
    from datetime import datetime, timedelta

    # Nobody but the processes of the test may look.
    env.ref("base_automation_ext.ir_cron_timed_rules").active = False
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    model = "resource.calendar.leaves"
    model_id = env["ir.model"]._get_id(model)
    rule = env["base.automation"].create(
        {
            "name": "One day later",
            "model_id": model_id,
            "trigger": "on_time",
            "trg_date_id": env["ir.model.fields"]._get(model, "date_from").id,
            "trg_date_range": 1,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "after",
            "filter_domain": "[('name', 'like', 'due')]",
            "action_server_ids": [
                (0, 0, {"name": "Count", "model_id": model_id, "state": "code", "code": code})
            ],
        }
    )
    env.cr.commit()
    env["base.automation"]._update_cron()
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    start = datetime.now().replace(microsecond=0) - timedelta(days=1, hours=1)
    env["resource.calendar.leaves"].create(
        [
            {"name": f"due {at}", "date_from": start, "date_to": "2046-01-01"}
            for at in range(records)
        ]
    )
    return rule.id


def work(env, folder):
    """Look for what is due together with the other process, round after round."""
    meeting = Meeting(folder)
    for turn in range(ROUNDS):
        meeting.barrier(f"start {turn}", parties=2)
        env["base.automation"]._run_timed_rules()
        env.cr.commit()
    return True


def look(env):
    env["base.automation"]._run_timed_rules()


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

    env.cr.execute(
        """
        INSERT INTO resource_calendar_leaves (name, date_from, date_to, time_type)
        SELECT 'due', (now() AT TIME ZONE 'UTC')::timestamp(0) + (n - %s) * interval '5 minutes',
               '2046-01-01', 'leave'
          FROM generate_series(1, %s) n
        """,
        [FILLED * 8 // 10, FILLED],
    )
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


def plans(env, rule):
    """Return the plans of all that a pass does with records, ledger and wake-ups."""
    from unittest.mock import patch

    from odoo.sql_db import Cursor

    statements, execute = [], Cursor.execute

    def noting(cr, query, params=None, log_exceptions=True):
        statements.append(cr._obj.mogrify(getattr(query, "code", query), _params(query, params)))
        return execute(cr, query, params, log_exceptions)

    with patch.object(Cursor, "execute", noting):
        env["base.automation"]._run_timed_rules()
    found = []
    for statement in statements:
        text = statement.decode()
        words = text.split(None, 1)
        if words[0] in ("SELECT", "INSERT", "UPDATE", "WITH") and any(one in text for one in READ):
            env.cr._obj.execute(f"EXPLAIN {text}")
            found.append([text, "\n".join(line for [line] in env.cr.fetchall())])
    return found


def _params(query, params):
    return getattr(query, "params", params)


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
    found = in_odoo(plans, rule=rule).result(timeout_seconds=120)
    assert any(name in plan for _statement, plan in found)
    for table in READ:
        assert any(table in statement for statement, _plan in found), table
        for statement, plan in found:
            assert f"Seq Scan on {table}" not in plan, f"{statement}\n{plan}"
    assert in_odoo(late, rule=rule).result() == [[1] * 20, ["done"]]
    in_odoo(remove, rule=rule).result(timeout_seconds=120)
    assert in_odoo(indexes).result() == []


def late(env, rule):
    """Return how often the rule has run on each record that came late, and what its ledger says."""
    leaves = env["resource.calendar.leaves"].search([("name", "=like", "due %")])
    rows = env["base.automation.due"].search([("rule_id", "=", rule), ("res_id", "in", leaves.ids)])
    return [name.count("!") for name in leaves.mapped("name")], sorted(set(rows.mapped("state")))
