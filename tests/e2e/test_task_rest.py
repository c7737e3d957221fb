"""A lane that has nothing to do stays awake for a moment, and misses nothing meanwhile."""

import time

from harness.ledger import Ledger
from harness.meeting import Meeting

#: Tests wait for processes at most that long; the lane itself must not be what ends the wait.
LONG_SECONDS = 45


def prepare(env):
    """Create the action and two records."""
    records = env["res.partner.category"].create([{"name": name, "color": 0} for name in "ab"])
    action = env["ir.actions.server"].create(
        {
            "name": "count",
            "model_id": env["ir.model"]._get_id("res.partner.category"),
            "state": "code",
            "code": "record.write({'color': record.color + 1})",
            "code_scope": "record",
        }
    )
    return {"action": action.id, "records": records.ids}


def rest(env, folder, ledger, pause_at):
    """Run a lane that was woken for nothing, until a task has come.

    It stands still at ``pause_at``, the how many-th time it finds nothing, until it is released.
    """
    from odoo.tools import config

    from odoo.addons.server_action_engine.models import server_action_task_drain as drain

    config["max_cron_threads"] = 2
    drain.REST_SECONDS = LONG_SECONDS
    notes, meeting = Ledger(ledger), Meeting(folder)
    idle = 0

    def checkpoint(self, name, ids=()):
        nonlocal idle
        if name == "lane.idle":
            idle += 1
            if idle == pause_at:
                meeting.pause("idle")
        notes.append(place=name, idle=idle)

    lane = env["ir.cron"]._get_task_lanes()[0]
    lane._trigger()
    # Odoo cuts the moment down to the second; a lane woken that long ago does not rest.
    env.cr.execute("UPDATE ir_cron_trigger SET call_at = clock_timestamp() AT TIME ZONE 'UTC'")
    until = time.monotonic() + LONG_SECONDS
    tasks = env["server.action.task"].with_context(cron_id=lane.id, cron_end_time=until)
    type(tasks)._checkpoint = checkpoint
    original = drain.LaneRest.worked

    def worked(self):
        original(self)
        self._until = 0.0  # one task is what the test is about

    drain.LaneRest.worked = worked
    env = tasks.env
    progress = env["ir.cron.progress"].create({"cron_id": lane.id})
    env.cr.commit()
    tasks.with_context(ir_cron_progress_id=progress.id)._run_lane()
    return {"seconds_left": until - time.monotonic(), "done": progress.done}


def queue(env, action, record):
    """Queue a task as any transaction does."""
    records = env["res.partner.category"].browse(record)
    env["server.action.task"]._enqueue(env["ir.actions.server"].browse(action), records)
    env.cr.commit()


def outcome(env, records):
    env.cr.execute("SELECT state FROM server_action_task")
    return {
        "states": [state for [state] in env.cr.fetchall()],
        "colors": env["res.partner.category"].browse(records).mapped("color"),
    }


def check(in_odoo, meeting, ledger, pause_at):
    """Queue a task while the lane stands at its ``pause_at``-th look; it must run it."""
    prepared = in_odoo(prepare).result()
    lane = in_odoo(rest, folder=str(meeting.folder), ledger=str(ledger.path), pause_at=pause_at)
    meeting.wait_reached("idle")
    in_odoo(queue, action=prepared["action"], record=prepared["records"][0]).result()
    meeting.release("idle")
    answer = lane.result(timeout_seconds=2 * LONG_SECONDS)

    assert answer["done"] == 1
    assert answer["seconds_left"] > 0, "the lane heard of the task before its time was over"
    claimed = [line for line in ledger.lines() if line["place"] == "claim.committed"]
    assert len(claimed) == 1
    result = in_odoo(outcome, records=prepared["records"]).result()
    assert result == {"states": ["done"], "colors": [1, 0]}
    return claimed[0]["idle"]


def test_a_task_queued_before_the_lane_listens_is_seen(in_odoo, meeting, ledger):
    """Between its last look and the moment it listens nobody tells the lane; it looks again."""
    assert check(in_odoo, meeting, ledger, pause_at=1) == 1


def test_a_task_queued_while_the_lane_listens_wakes_it(in_odoo, meeting, ledger):
    """Listening, it is told of what is committed, also while it is busy with something else."""
    assert check(in_odoo, meeting, ledger, pause_at=2) == 2
