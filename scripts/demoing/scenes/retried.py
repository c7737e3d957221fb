"""A background task fails at its first attempt and succeeds at the second."""

import time

from . import stage

TITLE = "A background task that is retried"
WAIT_SECONDS = 8
SERVICE = "demo.carrier_is_open"
CODE = f"""
if env['ir.config_parameter'].sudo().get_param('{SERVICE}') != 'yes':
    raise UserError("The carrier is closed")
record.write({{'client_order_ref': 'handed over'}})
"""


def play(session, verdict):
    """Queue the task, work it off twice; the carrier opens in between."""
    with session.transaction() as env:
        order = env["sale.order"].search([("state", "=", "sale")], limit=1, order="id desc")
        action = stage.make_action(
            env,
            "sale.order",
            "code",
            "Hand over to the carrier",
            execution="task",
            on_error="retry",
            retry_max=3,
            retry_delay_seconds=2,
        )
        action.write({"code": CODE, "code_scope": "record"})
        stage.run_on(action, order)
        action_id = action.id
    first = attempt(session, action_id, until=None)
    with session.transaction() as env:
        env["ir.config_parameter"].set_param(SERVICE, "yes")
    second = attempt(session, action_id, until=time.monotonic() + WAIT_SECONDS)
    verdict.claim(first["state"] == "pending", f"the task waits after attempt 1 ({first['state']})")
    verdict.claim("closed" in (first["error"] or ""), "the task remembers why it failed")
    verdict.claim(second["state"] == "done", f"the task is done ({second['state']})")
    verdict.claim(second["attempt"] == 2, f"it took two attempts (it took {second['attempt']})")
    verdict.claim(second["mark"] == "handed over", "the order was written by the second attempt")


def attempt(session, action_id, until):
    """Do what a lane of the server does, then read the task on a fresh cursor.

    :param until: work and wait until this moment; None: only do what is ready now
    """
    with session.transaction() as env:
        env["server.action.task"]._drain(until)
    with session.transaction() as env:
        task = env["server.action.task"].search([("action_id", "=", action_id)])
        order = env["sale.order"].browse(task.res_id)
        facts = {"state": task.state, "attempt": task.attempt, "error": task.error_message}
        facts["mark"] = order.client_order_ref
    reason = f": {facts['error']}" if facts["error"] else ""
    print(f"  task     attempt {facts['attempt']}, now {facts['state']}{reason}")
    return facts
