"""Ten thousand timers due at once, some of them bad, and workers that die among them."""

import os
import signal

from harness.ledger import Ledger

TIMERS = 10_000
#: These fail whenever their activity runs.
BAD = (17, 4_000, 9_999)
#: Where a worker dies, each time with its second batch: the first one is then committed.
PLACES = ("claim.committed", "run.executed", "finish.updated", "finish.committed")


def define(env):
    """Make records that wait for a timer which is due."""
    workflow = env["workflow"].create({"name": "Late", "osv": "res.partner.category"})
    code = "write({'color': color + 1 // (0 if name == 'bad' else 1)})"
    names = {
        "wait": {"flow_start": True},
        "late": {"kind": "function", "action": code, "flow_stop": True},
    }
    acts = {
        name: env["workflow.activity"].create({"name": name, "wkf_id": workflow.id, **values})
        for name, values in names.items()
    }
    env["workflow.transition"].create(
        {
            "act_from": acts["wait"].id,
            "act_to": acts["late"].id,
            "timer_kind": "delay",
            "timer_number": 1,
        }
    )
    workflow.action_publish()
    names = ["bad" if number in BAD else "good" for number in range(TIMERS)]
    env["res.partner.category"].create([{"name": name, "color": 0} for name in names])
    env.flush_all()
    env.cr.execute("UPDATE server_action_task SET due_at = due_at - interval '2 hours'")
    env.cr.commit()


def work_off(env, ledger):
    """Let workers die at each place, then one that lives; return how they ended."""
    notes = Ledger(ledger)
    ends = []
    for place in (*PLACES, None):
        ends.append(_in_child(env, notes, place))
        # Nobody takes back the tasks of a worker that may have died only just now.
        env.cr.execute(
            "UPDATE server_action_task SET started_at = started_at - interval '1 minute' "
            "WHERE state = 'started'"
        )
        env.cr.commit()
    return ends


def _in_child(env, notes, place):
    """Drain in a forked process that kills itself when it is at ``place`` the second time."""
    from odoo import SUPERUSER_ID, api, sql_db

    child = os.fork()
    if child:
        _child, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    try:
        # The connections belong to the parent.
        sql_db._Pool = None
        hits = 0

        def checkpoint(self, name, ids=()):
            nonlocal hits
            hits += name == place
            notes.append(at=name, count=len(ids), kill=name == place and hits == 2)
            if hits == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        type(env["server.action.task"])._checkpoint = checkpoint
        cr = env.registry.cursor()
        api.Environment(cr, SUPERUSER_ID, {})["server.action.task"]._drain()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing of the child may return into the test
        import traceback

        traceback.print_exc()
        os._exit(1)


def look(env):
    """Return what has become of records, instances, timers and the log, counted."""
    count = {
        "colors": "SELECT name->>'en_US', color, count(*) FROM res_partner_category GROUP BY 1, 2",
        "places": "SELECT a.name, i.state, count(*) FROM workflow_workitem w "
        "JOIN workflow_activity a ON a.id = w.act_id "
        "JOIN workflow_instance i ON i.id = w.inst_id GROUP BY 1, 2",
        "timers": "SELECT state, count(*) FROM server_action_task GROUP BY 1",
        "log": "SELECT event, count(*) FROM workflow_log GROUP BY 1",
    }
    found = {}
    for name, query in count.items():
        env.cr.execute(f"{query} ORDER BY 1")
        found[name] = [list(row) for row in env.cr.fetchall()]
    return found


def test_no_timer_is_lost_or_taken_twice(in_odoo, ledger, announced):
    """Each record is late exactly once, in batches; the bad ones wait and keep no other back."""
    announced.append("Workers died while running tasks")
    in_odoo(define).result(timeout_seconds=300)
    ends = in_odoo(work_off, ledger=str(ledger.path)).result(timeout_seconds=500)
    assert ends == [signal.SIGKILL] * len(PLACES) + [0]

    good, bad = TIMERS - len(BAD), len(BAD)
    found = in_odoo(look).result()
    assert found["colors"] == [["bad", 0, bad], ["good", 1, good]]
    assert found["places"] == [["late", "complete", good], ["wait", "active", bad]]
    assert found["timers"] == [["done", good], ["failed", bad]]
    assert found["log"] == [["finish", good], ["move", good], ["start", TIMERS]]

    lines = ledger.lines()
    assert [line["at"] for line in lines if line["kill"]] == list(PLACES)
    claims = [line["count"] for line in lines if line["at"] == "claim.committed"]
    batches = [count for count in claims if count > 1]
    # Those whose worker died run alone from then on, since any of them may have been the reason.
    alone = len(claims) - len(batches)
    assert len(batches) < TIMERS / 250
    assert alone <= max(batches) * len(PLACES) and sum(claims) > TIMERS
