"""Workers killed at every named place of a task's life, several times each.

The kills are counted by a ledger outside Odoo, and so are the attempts: the database alone could
not tell an effect that happened once from one that was undone and done again.
"""

import os
import re
import signal
from collections import Counter
from pathlib import Path

from harness.ledger import Ledger

PLACES = (
    "claim.locked",
    "claim.updated",
    "claim.committed",
    "run.locked",
    "fail.updated",
    "run.executed",
    "finish.updated",
    "finish.committed",
    "reap.updated",
)
HITS = 3
RECORDS = 12


def kill_everywhere(env, ledger):
    """Queue tasks, kill a worker at a place, let another one finish; again for each place and hit.

    Workers are forked: loading Odoo for each of them would take minutes.
    """
    notes = Ledger(ledger)
    model = env["ir.model"]._get_id("res.partner.category")
    # The first record of each round fails once: its effect must come from the second attempt.
    code = (
        "task = env['server.action.task'].search([('res_id', '=', record.id)])\n"
        "if record.name == 'bad' and not task.error_message: raise UserError('first try')\n"
        "record.write({'color': record.color + 1})"
    )
    action = env["ir.actions.server"].create(
        {
            "name": "count",
            "model_id": model,
            "state": "code",
            "code": code,
            "code_scope": "record",
            "on_error": "retry",
            "retry_max": 3,
            "retry_delay_seconds": 0,
        }
    )
    env.cr.commit()
    outcomes = []
    for place in PLACES:
        for _hit in range(HITS):
            names = ["bad"] + ["good"] * (RECORDS - 1)
            records = env["res.partner.category"].create(
                [{"name": name, "color": 0} for name in names]
            )
            tasks = env["server.action.task"]._enqueue(action, records)
            env.cr.commit()
            if place == "reap.updated":
                _in_child(env, notes, "claim.committed")
                _let_grace_pass(env)
            killed = _in_child(env, notes, place)
            _let_grace_pass(env)
            finished = _in_child(env, notes, None)
            env.invalidate_all()
            outcomes.append(
                {
                    "place": place,
                    "killed": killed,
                    "finished": finished,
                    "colors": records.mapped("color"),
                    "states": tasks.mapped("state"),
                    "crashes": tasks.mapped("crash_count"),
                }
            )
            env.cr.commit()
    return outcomes


def _in_child(env, notes, place):
    """Drain in a process that kills itself at ``place``; return the signal that ended it, or 0."""
    from odoo import SUPERUSER_ID, api, sql_db

    child = os.fork()
    if child:
        _child, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    try:
        # The connections belong to the parent.
        sql_db._Pool = None
        tasks = type(env["server.action.task"])

        def checkpoint(self, name, ids=()):
            notes.append(at=name, ids=list(ids), kill=name == place)
            if name == place:
                os.kill(os.getpid(), signal.SIGKILL)

        tasks._checkpoint = checkpoint
        cr = env.registry.cursor()
        api.Environment(cr, SUPERUSER_ID, {})["server.action.task"]._drain()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing of the child may return into the test
        import traceback

        traceback.print_exc()
        os._exit(1)


def _let_grace_pass(env):
    env.cr.execute(
        "UPDATE server_action_task SET started_at = started_at - interval '1 minute' "
        "WHERE state = 'started'"
    )
    env.cr.commit()


def test_a_worker_killed_anywhere_loses_and_repeats_nothing(in_odoo, ledger, announced):
    """Each place is hit three times; every effect is committed once, also a second attempt's."""
    announced.append("Workers died while running tasks")
    outcomes = in_odoo(kill_everywhere, ledger=str(ledger.path)).result(timeout_seconds=600)

    for outcome in outcomes:
        assert outcome["killed"] == signal.SIGKILL, outcome
        assert outcome["finished"] == 0, outcome
        assert outcome["colors"] == [1] * RECORDS, outcome
        assert outcome["states"] == ["done"] * RECORDS, outcome

    lines = ledger.lines()
    kills = Counter(line["at"] for line in lines if line["kill"])
    # The worker whose tasks are to be taken back was killed too.
    assert kills == {**dict.fromkeys(PLACES, HITS), "claim.committed": 2 * HITS}

    # A kill between claim and commit makes the tasks run again; the ledger saw both attempts.
    attempts = Counter(task for line in lines if line["at"] == "run.locked" for task in line["ids"])
    assert max(attempts.values()) > 1
    # … and each task was finished once, or its worker died after the commit, before it could tell.
    for outcome in outcomes:
        crashed = [count for count in outcome["crashes"] if count]
        survives = outcome["place"] in ("claim.locked", "claim.updated", "finish.committed")
        assert not crashed if survives else crashed, outcome


def test_every_named_place_is_one_where_workers_are_killed():
    """Except that of a lane which holds nothing while it rests."""
    models = Path(__file__).resolve().parents[2] / "server_action_engine" / "models"
    sources = "".join(path.read_text(encoding="utf-8") for path in models.glob("*.py"))
    assert set(re.findall(r'_checkpoint\("([a-z.]+)"', sources)) == {*PLACES, "lane.idle"}
