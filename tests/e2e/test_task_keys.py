"""Two processes queue work under the same idempotency key at the same moment: one task a time."""

import psycopg2
from harness.ledger import Ledger
from harness.meeting import Meeting

ROUNDS = 50
#: Attempts of Odoo itself before it gives a transaction up. (``MAX_TRIES_ON_CONCURRENCY_FAILURE``)
MAX_ATTEMPTS = 5


def prepare(env):
    """Create the action and two records per round."""
    records = env["res.partner.category"].create(
        [{"name": f"C{at}", "color": 0} for at in range(2 * ROUNDS)]
    )
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


def race(env, who, action, records, folder, ledger):
    """Queue two tasks per round, starting together with the other process each time.

    The snapshot is taken before the other process can have queued anything: the worst case, in
    which neither can see what the other one does.
    """
    from odoo.api import Environment

    notes = Ledger(ledger)
    for number in range(ROUNDS):
        pair = records[2 * number : 2 * number + 2]
        for attempt in range(1, MAX_ATTEMPTS + 1):
            with env.registry.cursor() as cr:
                fresh = Environment(cr, env.uid, {})
                try:
                    cr.execute("SELECT count(*) FROM server_action_task")
                    if attempt == 1:
                        Meeting(folder).barrier(f"round {number}", parties=2)
                    tasks = fresh["server.action.task"]._enqueue(
                        fresh["ir.actions.server"].browse(action),
                        fresh["res.partner.category"].browse(pair),
                        idempotency_key="once",
                    )
                    cr.commit()
                except psycopg2.OperationalError as error:
                    notes.append(refused=error.pgcode, round=number, who=who)
                    cr.rollback()
                    continue
            notes.append(queued=tasks.ids, round=number, who=who)
            break


def outcome(env, records):
    """Run what was queued; return the colors and the number of tasks."""
    env["server.action.task"]._drain()
    env.invalidate_all()
    env.cr.commit()
    env.cr.execute("SELECT state, count(*) FROM server_action_task GROUP BY state")
    states = dict(env.cr.fetchall())
    return {
        "colors": env["res.partner.category"].browse(records).mapped("color"),
        "states": states,
    }


def test_one_task_per_key_whoever_comes_first(in_odoo, meeting, ledger, announced):
    """Fifty rounds started together: both get the same tasks, and each runs once."""
    announced.append("bad query")
    prepared = in_odoo(prepare).result()
    shared = {"folder": str(meeting.folder), "ledger": str(ledger.path), **prepared}
    processes = [in_odoo(race, who=who, **shared) for who in ("first", "second")]
    for process in processes:
        process.result(timeout_seconds=240)

    lines = ledger.lines()
    queued = {}
    for line in lines:
        if "queued" in line:
            queued.setdefault(line["round"], []).append(line["queued"])
    assert set(queued) == set(range(ROUNDS))
    for first, second in queued.values():
        assert first == second and len(first) == 2

    # The loser of a round cannot know of the winner's tasks, is told so, and tries again.
    refused = [line for line in lines if "refused" in line]
    assert {line["refused"] for line in refused} == {"40001"}
    assert len({line["round"] for line in refused}) > ROUNDS / 2

    result = in_odoo(outcome, records=prepared["records"]).result()
    assert result == {"colors": [1] * (2 * ROUNDS), "states": {"done": 2 * ROUNDS}}
