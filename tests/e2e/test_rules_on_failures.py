"""Rules about failures on a real server: after the rollback, in the background, never in a loop."""

import pytest
from harness.client import RemoteError
from harness.meeting import wait_until

POLL_SECONDS = 60


def prepare(env):
    """Create actions that fail, and rules that note failures and then fail themselves."""
    failing, note = env["res.partner"].create([{"name": "Fails"}, {"name": "Note"}])
    model_id = env["ir.model"]._get_id("res.partner")
    broken = env["ir.actions.server"].create(
        [
            {
                "name": name,
                "model_id": model_id,
                "state": "code",
                "code": f"raise UserError('{name}')",
                "code_scope": "record",
                "execution": execution,
            }
            for name, execution in (("now", "now"), ("later", "task"))
        ]
    )
    for trigger, model, text in (
        ("on_action_failed", "server.action.run", "record.error_message"),
        ("on_task_dead", "server.action.task", "'dead ' + record.error_message"),
    ):
        model_id = env["ir.model"]._get_id(model)
        write = (
            f"note = env['res.partner'].browse({note.id})\n"
            f"note.write({{'ref': (note.ref or '') + ' ' + {text}}})"
        )
        actions = [
            {"name": "Note", "code": write},
            {"name": "Fail", "code": "raise UserError('the rule itself')", "on_error": "isolate"},
        ]
        env["base.automation"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "trigger": trigger,
                "action_server_ids": [
                    (0, 0, {"model_id": model_id, "state": "code", **vals}) for vals in actions
                ],
            }
        )
    return {"failing": failing.id, "note": note.id, "broken": broken.ids}


def test_failures_start_their_rules(env, database, in_odoo, start_server, announced):
    """A rolled-back request, and a task that gives up; the failing rules start no others."""
    announced.append("odoo.http: now")
    prepared = in_odoo(prepare).result()
    failing, (now, later) = prepared["failing"], prepared["broken"]
    admin = start_server(cron_threads=2).login()
    context = {"active_model": "res.partner", "active_ids": [failing], "active_id": failing}

    def run(action):
        admin.call("ir.actions.server", "run", [action], context=context)

    def wait_for(text):
        wait_until(
            lambda: text in (admin.read("res.partner", prepared["note"], "ref") or ""),
            f"“{text}” to be noted",
            timeout_seconds=POLL_SECONDS,
        )

    with pytest.raises(RemoteError, match="now"):
        run(now)
    wait_for("now")
    run(later)
    wait_for("dead later")
    wait_until(
        lambda: (
            not int(
                env.psql(
                    database,
                    "SELECT count(*) FROM server_action_task WHERE state IN ('pending', 'started')",
                )
            )
        ),
        "all tasks to be done",
        timeout_seconds=POLL_SECONDS,
    )
    note = admin.read("res.partner", prepared["note"], "ref")
    assert sorted(note.split()) == ["dead", "later", "later", "now"]
    own = "SELECT count(*) FROM server_action_step WHERE error_message = 'the rule itself'"
    # For the failed request, the failed attempt of the task, and the task that gave up.
    assert int(env.psql(database, own)) == 3
