"""Several processes at once: they collide as PostgreSQL says, a killed one leaves no half work."""

import pytest
from harness.ledger import Ledger
from harness.meeting import Meeting
from harness.process import JobError

CODE = "for partner in records: partner.write({'ref': (partner.ref or '') + 'x'})"


def make_rule(env):
    """Create a partner and a rule that touches it on every change of its name."""
    partner = env["res.partner"].create({"name": "Before"})
    rule = env["base.automation"].create(
        {
            "name": "Log",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "trigger": "on_write",
            "trigger_field_ids": env["ir.model.fields"]._get("res.partner", "name").ids,
        }
    )
    env["ir.actions.server"].create(
        {
            "name": "Log",
            "model_id": rule.model_id.id,
            "base_automation_id": rule.id,
            "usage": "base_automation",
            "state": "code",
            "code": "record.write({'ref': 'touched by ' + record.name})",
        }
    )
    return partner.id


def rename(env, partner, name, folder, ledger):
    """Read the partner, wait for the others, then write it."""
    record = env["res.partner"].browse(partner)
    Ledger(ledger).append(read=record.name)
    Meeting(folder).barrier("read", parties=2)
    record.name = name
    env.flush_all()
    Ledger(ledger).append(written=name)
    Meeting(folder).pause(f"written {name}")


def read_partner(env, partner):
    record = env["res.partner"].browse(partner)
    return [record.name, record.ref]


def test_a_collision_of_two_processes_passes_through_a_rule(in_odoo, meeting, ledger, announced):
    """The slower of two writers gets PostgreSQL's own 40001, so that Odoo can try once more."""
    announced.append("bad query")
    partner = in_odoo(make_rule).result()
    shared = {"partner": partner, "folder": str(meeting.folder), "ledger": str(ledger.path)}
    processes = [in_odoo(rename, name=name, **shared) for name in ("Anna", "Berta")]
    # Whoever writes first holds the row until it commits; the other one waits in its UPDATE.
    for name in ("Anna", "Berta"):
        meeting.release(f"written {name}")

    outcomes = []
    for process in processes:
        try:
            outcomes.append(process.result())
        except JobError as error:
            outcomes.append(error.pgcode)
    assert sorted(outcomes, key=str) == ["40001", None]

    [winner] = [line["written"] for line in ledger.lines() if "written" in line]
    assert in_odoo(read_partner, partner=partner).result() == [winner, f"touched by {winner}"]


def queue_task(env):
    """Create a partner and a task whose action appends a letter to its reference."""
    partner = env["res.partner"].create({"name": "Patient"})
    action = env["ir.actions.server"].create(
        {
            "name": "Append",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "state": "code",
            "code": CODE,
        }
    )
    task = env["server.action.task"]._enqueue(action, partner)
    return [partner.id, task.id]


def drain(env):
    env["server.action.task"]._drain()


def drain_after_crash(env):
    """Look for crashed tasks as a busy lane does, without the grace given to a healthy worker."""
    env.cr.execute(
        "UPDATE server_action_task SET started_at = started_at - interval '1 minute' "
        "WHERE state = 'started'"
    )
    env.cr.commit()
    env["server.action.task"]._drain()


def state_of_task(env, partner, task):
    row = env["server.action.task"].browse(task)
    return [row.state, row.crash_count, env["res.partner"].browse(partner).ref]


@pytest.mark.parametrize(
    ("place", "left_behind", "in_the_end"),
    [
        ("claim.updated", ["pending", 0, False], ["done", 0, "x"]),
        ("finish.updated", ["started", 0, False], ["done", 1, "x"]),
        ("finish.committed", ["done", 0, "x"], ["done", 0, "x"]),
    ],
)
def test_a_worker_killed_in_a_task_loses_and_repeats_nothing(
    in_odoo, meeting, announced, place, left_behind, in_the_end
):
    """Wherever a worker is killed, the task's effect is in the database exactly once in the end."""
    if in_the_end[1]:
        announced.append("Workers died while running tasks")
    partner, task = in_odoo(queue_task).result()
    point = f"server.action.task:_checkpoint({place})"

    worker = in_odoo(drain, kill_points=(point,))
    meeting.wait_reached(point)
    worker.kill()
    assert in_odoo(state_of_task, partner=partner, task=task).result() == left_behind

    in_odoo(drain_after_crash).result()
    assert in_odoo(state_of_task, partner=partner, task=task).result() == in_the_end
