"""Two lanes on one queue, with real commits: no task runs twice, and none is lost."""

from collections import Counter

from harness.ledger import Ledger
from harness.meeting import Meeting

ROUNDS = 50
RECORDS = 390
SINGLES = 30


def prepare(env):
    """Create the records the tasks count on, and three kinds of actions."""
    categories = env["res.partner.category"].create(
        [{"name": f"C{at}", "color": 0} for at in range(RECORDS)]
    )
    model = env["ir.model"]._get_id("res.partner.category")
    code = "record.write({'color': record.color + 1})"
    actions = env["ir.actions.server"].create(
        [
            {"name": name, "model_id": model, "state": "code", "code": code, "code_scope": scope}
            for name, scope in (("merged", "record"), ("separate", "batch"))
        ]
    )
    env["server.action.task.group"].create({"name": "two", "lane_limit": 2})
    return {"categories": categories.ids, "actions": actions.ids}


def work(env, lane, rounds, categories, actions, folder, ledger):
    """Run one lane for many rounds; lane 0 queues the tasks of each round."""
    tasks, meeting, notes = env["server.action.task"], Meeting(folder), Ledger(ledger)
    records = env["res.partner.category"].browse(categories)
    merged, separate = env["ir.actions.server"].browse(actions)

    def note(self, name, ids=()):
        if name in ("run.locked", "finish.updated", "finish.committed"):
            notes.append(lane=lane, place=name, ids=list(ids))

    type(tasks)._checkpoint = note
    ran = 0
    for number in range(rounds):
        if lane == 0:
            blocks = [records[at : at + SINGLES] for at in range(0, 3 * SINGLES, SINGLES)]
            tasks._enqueue(merged, records[3 * SINGLES :])
            tasks._enqueue(merged, blocks[0], group="one")
            tasks._enqueue(merged, blocks[1], group="two")
            for record in blocks[2]:
                tasks._enqueue(separate, record)
            env.cr.commit()
        meeting.barrier(f"start-{number}", parties=2)
        ran += tasks._drain()[0]
        meeting.barrier(f"end-{number}", parties=2)
        # What one lane left because the other one held its group is run before the next round.
        ran += tasks._drain()[0] if lane == 0 else 0
    return ran


def count(env, categories):
    env.cr.execute("SELECT state, count(*) FROM server_action_task GROUP BY state")
    states = dict(env.cr.fetchall())
    records = env["res.partner.category"].browse(categories)
    env.cr.execute("SELECT group_name, id FROM server_action_task WHERE group_name IS NOT NULL")
    groups = {}
    for name, task in env.cr.fetchall():
        groups.setdefault(name, []).append(task)
    return {"states": states, "colors": records.mapped("color"), "groups": groups}


def overlaps(lines, tasks):
    """Count how often a lane began with some of ``tasks`` while the other one was at some.

    Between the commit of a batch and the note about it the other lane may start; the note before
    the commit is therefore the end.
    """
    busy, found = set(), 0
    for line in lines:
        if not tasks.isdisjoint(line["ids"]):
            if line["place"] == "run.locked":
                found += bool(busy - {line["lane"]})
                busy.add(line["lane"])
            elif line["place"] == "finish.updated":
                busy.discard(line["lane"])
    return found


def test_two_lanes_run_every_task_exactly_once(in_odoo, meeting, ledger):
    """Over 50 rounds started together, effects and the ledger agree: one run per task."""
    prepared = in_odoo(prepare).result()
    shared = {"rounds": ROUNDS, "folder": str(meeting.folder), "ledger": str(ledger.path)}
    lanes = [in_odoo(work, lane=lane, **shared, **prepared) for lane in (0, 1)]
    ran = [lane.result(timeout_seconds=600) for lane in lanes]

    assert sum(ran) == ROUNDS * RECORDS
    assert min(ran) > 0, "both lanes took part"

    outcome = in_odoo(count, categories=prepared["categories"]).result()
    assert outcome["states"] == {"done": ROUNDS * RECORDS}
    assert outcome["colors"] == [ROUNDS] * RECORDS

    ends = [line for line in ledger.lines() if line["place"] == "finish.committed"]
    committed = Counter(task for line in ends for task in line["ids"])
    assert len(committed) == ROUNDS * RECORDS
    assert set(committed.values()) == {1}

    # A group nobody configured is one lane's at a time; the other group allows two.
    assert overlaps(ledger.lines(), set(outcome["groups"]["one"])) == 0
    assert overlaps(ledger.lines(), committed.keys()) > 0, "both lanes ran at the same time"
