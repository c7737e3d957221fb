"""Timed rules on a date that is not stored: kept while people change it, found by an index."""

import pytest
from harness.meeting import Meeting, wait_until

RECORDS = 40
ROUNDS = 12
MODEL = "resource.calendar.leaves"
FILLED = 1_000_000


def prepare(env, records=RECORDS):
    """A rule on a date computed from another one, and records that come too late for it."""
    from datetime import datetime, timedelta

    # Nobody but the processes of the test may look.
    env.ref("base_automation_ext.ir_cron_timed_rules").active = False
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    model_id = env["ir.model"]._get_id(MODEL)
    field = env["ir.model.fields"].create(
        {
            "name": "x_start",
            "field_description": "Start",
            "model_id": model_id,
            "ttype": "datetime",
            "store": False,
            "readonly": True,
            "depends": "date_from",
            "compute": "for record in self: record['x_start'] = record.date_from",
        }
    )
    code = "record.write({'name': record.name + '!'})"
    rule = env["base.automation"].create(
        {
            "name": "One day later",
            "model_id": model_id,
            "trigger": "on_time",
            "trg_date_id": field.id,
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
    env[MODEL].create(
        [
            {"name": f"due {at}", "date_from": start, "date_to": "2046-01-01"}
            for at in range(records)
        ]
    )
    return rule.id


def ignore_collisions():
    """Odoo writes each to its log, and tries again."""
    import logging

    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)


def move(env, folder):
    """Give half of the records other dates, again and again; all of them are over by now."""
    from datetime import timedelta

    from odoo.service.model import retrying

    def change(at):
        leaves = env[MODEL].search([("name", "like", "due")], order="id")[at % 2 :: 2]
        for leaf in leaves:
            leaf.date_from += timedelta(minutes=1)

    ignore_collisions()
    Meeting(folder).barrier("start", parties=2)
    for at in range(ROUNDS):
        retrying(lambda at=at: change(at), env)
        env.cr.commit()


def work(env, folder):
    """Look for what is due meanwhile."""
    ignore_collisions()
    Meeting(folder).barrier("start", parties=2)
    for _at in range(ROUNDS):
        env["base.automation"]._run_timed_rules()
        env.cr.commit()


def look(env):
    env["base.automation"]._run_timed_rules()


def outcome(env, rule):
    """Return what was run against what is written of it, and what has been missed or is wrong."""
    leaves = env[MODEL].search([("name", "like", "due")])
    done = env["base.automation.due"].search([("rule_id", "=", rule), ("state", "=", "done")])
    rows = env["base.automation.snapshot"].search([("rule_id", "=", rule)])
    kept = {row.res_id: row.counted_from for row in rows}
    dates = {(row.res_id, row.value) for row in done}
    return {
        "marks": sum(name.count("!") for name in leaves.mapped("name")),
        "done": len(done),
        "missed": sum((leaf.id, leaf.date_from) not in dates for leaf in leaves),
        "wrong": sum(kept.get(leaf.id) != leaf.date_from for leaf in leaves),
    }


def test_dates_that_change_meanwhile(in_odoo, meeting):
    """The rule runs once for each date it has met, and for the last one in any case."""
    rule = in_odoo(prepare).result()
    folder = str(meeting.folder)
    processes = [in_odoo(move, folder=folder), in_odoo(work, folder=folder)]
    for process in processes:
        process.result(timeout_seconds=300)
    in_odoo(look).result(timeout_seconds=120)
    found = in_odoo(outcome, rule=rule).result()
    assert found["marks"] == found["done"] >= RECORDS
    assert (found["missed"], found["wrong"]) == (0, 0)


@pytest.mark.parametrize("place", ["due.begun", "due.executed"])
def test_killed_worker(in_odoo, meeting, place):
    """What it had not committed is done by the next one, and nothing twice."""
    rule = in_odoo(prepare).result()
    point = f"base.automation:_checkpoint({place})"
    worker = in_odoo(look, kill_points=(point,))
    meeting.wait_reached(point)
    assert in_odoo(outcome, rule=rule).result()["done"] == 0
    worker.kill()
    expected = {"marks": RECORDS, "done": RECORDS, "missed": 0, "wrong": 0}
    wait_until(
        lambda: in_odoo(look).result() or in_odoo(outcome, rule=rule).result() == expected,
        "the work of the killed worker to be done",
        timeout_seconds=120,
    )


def fill(env, rule):
    """A million leaves over ten years, their dates kept; what is over is in the ledger."""
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
        INSERT INTO base_automation_snapshot (rule_id, res_id, counted_from)
        SELECT %s, id, date_from FROM resource_calendar_leaves WHERE name = 'due'
        """,
        [rule],
    )
    env.cr.execute(
        """
        INSERT INTO base_automation_due (rule_id, res_id, due_at, step, value, state, fired_at)
        SELECT %s, id, date_from + interval '1 day', 0, date_from, 'done', date_from
          FROM resource_calendar_leaves
         WHERE name = 'due' AND date_from < (now() AT TIME ZONE 'UTC') - interval '1 day'
        """,
        [rule],
    )
    for table in READ:
        env.cr.execute(f"ANALYZE {table}")


READ = ("resource_calendar_leaves", "base_automation_due", "base_automation_snapshot")


def plans(env):
    """Return the plans of all that a pass does with records, dates and ledger."""
    from unittest.mock import patch

    from odoo.sql_db import Cursor

    statements, execute = [], Cursor.execute

    def noting(cr, query, params=None, log_exceptions=True):
        text = getattr(query, "code", query)
        statements.append(cr._obj.mogrify(text, getattr(query, "params", params)).decode())
        return execute(cr, query, params, log_exceptions)

    with patch.object(Cursor, "execute", noting):
        env["base.automation"]._run_timed_rules()
    found = []
    for text in statements:
        words = text.split(None, 1)
        if words[0] in ("SELECT", "INSERT", "UPDATE", "WITH") and any(one in text for one in READ):
            env.cr._obj.execute(f"EXPLAIN {text}")
            found.append([text, "\n".join(line for [line] in env.cr.fetchall())])
    return found


def test_no_table_is_read_from_end_to_end(in_odoo):
    """Of a million records, a pass looks at those that are due."""
    rule = in_odoo(prepare, records=20).result()
    in_odoo(fill, rule=rule).result(timeout_seconds=240)
    found = in_odoo(plans).result(timeout_seconds=120)
    for table in READ:
        assert any(table in statement for statement, _plan in found), table
        for statement, plan in found:
            assert f"Seq Scan on {table}" not in plan, f"{statement}\n{plan}"
    assert any("counted_idx" in plan for _statement, plan in found)
    late = in_odoo(late_marks).result()
    assert late == [1] * 20


def late_marks(env):
    """Return how often the rule has run on each record that came late."""
    names = env[MODEL].search([("name", "=like", "due %")]).mapped("name")
    return [name.count("!") for name in names]
