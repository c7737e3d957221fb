"""Timed rules on a date that is not stored: kept while people change it, found by an index."""

import pytest
from harness.meeting import Meeting, wait_until
from timed_jobs import (
    MODEL,
    assert_no_scan,
    late_marks,
    look,
    make_late,
    make_many,
    make_rule,
    plans,
)

RECORDS = 40
ROUNDS = 12
FILLED = 1_000_000


def prepare(env, records=RECORDS):
    """A rule on a date computed from another one, and records that come too late for it."""
    field = env["ir.model.fields"].create(
        {
            "name": "x_start",
            "field_description": "Start",
            "model_id": env["ir.model"]._get_id(MODEL),
            "ttype": "datetime",
            "store": False,
            "readonly": True,
            "depends": "date_from",
            "compute": "for record in self: record['x_start'] = record.date_from",
        }
    )
    rule = make_rule(env, date=field.id)
    make_late(env, records)
    return rule


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
    make_many(env, FILLED)
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


def test_no_table_is_read_from_end_to_end(in_odoo):
    """Of a million records, a pass looks at those that are due."""
    rule = in_odoo(prepare, records=20).result()
    in_odoo(fill, rule=rule).result(timeout_seconds=240)
    found = in_odoo(plans, tables=READ).result(timeout_seconds=120)
    assert_no_scan(found, READ)
    assert any("counted_idx" in plan for _statement, plan in found)
    assert in_odoo(late_marks, rule=rule).result() == [[1] * 20, ["done"]]
