"""Rules that share a turn, with real commits: a worker that dies in it, and one beside it."""

import pytest
from harness.meeting import Meeting, wait_until

RULES, RECORDS, ROUNDS = 3, 5, 4
HIT = "record.write({'name': record.name + '!'})"
_MODEL = "resource.calendar.leaves"


def prepare(env, numbers=range(RULES)):
    """Rules on leaves that have been activated."""
    # Nobody but the processes of the test may look.
    env.ref("base_automation_ext.ir_cron_timed_rules").active = False
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    model_id = env["ir.model"]._get_id(_MODEL)
    rules = env["base.automation"].create(
        [
            {
                "name": f"One day later {number}",
                "model_id": model_id,
                "trigger": "on_time",
                "trg_date_id": env["ir.model.fields"]._get(_MODEL, "date_from").id,
                "trg_date_range": 1,
                "trg_date_range_type": "day",
                # Each its own records: what collides is another matter.
                "filter_domain": f"[('name', 'like', 'due {number}.')]",
                "action_server_ids": [
                    (0, 0, {"name": "Count", "model_id": model_id, "state": "code", "code": HIT})
                ],
            }
            for number in numbers
        ]
    )
    env.cr.commit()
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    return rules.ids


def arrive(env, rules=RULES):
    """Records that come too late for the rules."""
    from datetime import datetime, timedelta

    start = datetime.now().replace(microsecond=0) - timedelta(days=1, hours=1)
    env[_MODEL].create(
        [
            {"name": f"due {number}.{at}", "date_from": start, "date_to": "2046-01-01"}
            for number in range(rules)
            for at in range(RECORDS)
        ]
    )
    env.cr.commit()


def look_new(env):
    """Let the rules have a turn together, of which nobody knows how long they take."""
    from odoo.addons.base_automation_ext.models import due_pace

    # Whatever the machine is busy with.
    due_pace.QUICK_SECONDS = 60
    arrive(env)
    env["base.automation"]._run_timed_rules()
    env.cr.commit()


def look(env):
    """Let the rules have turns of their own, and then one together."""
    from odoo.addons.base_automation_ext.models import due_pace

    due_pace.TRIED_RECORDS = 0
    for _pass in range(2):
        look_new(env)


def look_with_new(env):
    """Let the rules have turns together, and then with a new one beside them."""
    look_new(env)
    [new] = prepare(env, numbers=[RULES])
    arrive(env, rules=RULES + 1)
    env["base.automation"]._run_timed_rules()
    return new


def look_once(env):
    env["base.automation"]._run_timed_rules()


def marks(env, rules):
    """Return how often a rule has run on each record, the rows of all, and their attempts."""
    names = env[_MODEL].search([("name", "like", "due")]).mapped("name")
    rows = env["base.automation.due"].search([("rule_id", "in", rules)])
    attempts = env["base.automation"].browse(rules).mapped("due_attempt")
    states = sorted(set(rows.mapped("state")))
    return [sorted({name.count("!") for name in names}), states, len(rows), attempts]


@pytest.mark.parametrize(
    ("passes", "place"),
    [
        (look, "due.shared.begun"),
        (look, "due.shared.rule"),
        (look, "due.shared.executed"),
        (look_new, "due.shared.rule"),
    ],
)
def test_killed_worker(in_odoo, meeting, passes, place):
    """Nothing of the shared turn is left; each of its rules is run once by the next one."""
    rules = in_odoo(prepare).result()
    point = f"base.automation:_checkpoint({place})"
    worker = in_odoo(passes, kill_points=(point,))
    meeting.wait_reached(point)
    done = RULES * RECORDS if passes is look else 0
    before = [[0, 1], ["done"], done, [1] * RULES] if done else [[0], [], 0, [1] * RULES]
    assert in_odoo(marks, rules=rules).result() == before
    worker.kill()
    expected = [[1], ["done"], done + RULES * RECORDS, [0] * RULES]
    wait_until(
        lambda: in_odoo(look_once).result() or in_odoo(marks, rules=rules).result() == expected,
        "the work of the killed worker to be done",
        timeout_seconds=120,
    )


def test_new_rule_keeps_nobody_waiting(in_odoo, meeting):
    """What rules have done that are known to be quick is committed before a new one begins."""
    rules = in_odoo(prepare).result()
    worker = in_odoo(look_with_new, kill_points=("base.automation:_checkpoint(due.begun)",))
    meeting.wait_reached("base.automation:_checkpoint(due.begun)")
    _names, states, rows, attempts = in_odoo(marks, rules=rules).result()
    assert (states, rows, attempts) == (["done"], RULES * RECORDS * 2, [0] * RULES)
    worker.kill()
    expected = [[1], ["done"], RULES * RECORDS * 2, [0] * RULES]
    wait_until(
        lambda: in_odoo(look_once).result() or in_odoo(marks, rules=rules).result() == expected,
        "the work of the killed worker to be done",
        timeout_seconds=120,
    )


def work(env, folder):
    """Look for what is due together with the other process, round after round."""
    from odoo.addons.base_automation_ext.models import due_pace

    due_pace.QUICK_SECONDS = 60
    places = Meeting(folder)
    for turn in range(ROUNDS):
        arrive(env)
        places.barrier(f"start {turn}", parties=2)
        env["base.automation"]._run_timed_rules()
        env.cr.commit()
    places.barrier("end", parties=2)
    env["base.automation"]._run_timed_rules()
    return True


def test_two_workers(in_odoo, meeting):
    """Two that share turns at the same time run each rule once for each record."""
    rules = in_odoo(prepare).result()
    workers = [in_odoo(work, folder=str(meeting.folder)) for _at in range(2)]
    assert [worker.result(timeout_seconds=300) for worker in workers] == [True, True]
    count = RULES * RECORDS * ROUNDS * 2
    assert in_odoo(marks, rules=rules).result() == [[1], ["done"], count, [0] * RULES]
