"""One record of several fails: the others are done, the failure is in the run log."""

from ..timeline import show_step
from . import stage

TITLE = "One order fails, the others go on (policy “isolate”)"
MARK = "checked"
CODE = f"""
if not record.partner_id.phone and record.name == '%s':
    raise UserError("No telephone number")
record.write({{'client_order_ref': '{MARK}'}})
"""


def play(session, verdict):
    """Run the action on five orders of which one is bound to fail."""
    with session.transaction() as env:
        orders = env["sale.order"].search([("state", "=", "sale")], limit=5, order="id")
        victim = orders[2]
        victim.partner_id.phone = False
        action = stage.make_action(env, "sale.order", "code", "Check the order", on_error="isolate")
        action.write({"code": CODE % victim.name, "code_scope": "record"})
        stage.run_on(action, orders)
        ids, victim_id, action_id = orders.ids, victim.id, action.id
    with session.transaction() as env:
        run = stage.last_run(env, env["ir.actions.server"].browse(action_id))
        orders = env["sale.order"].browse(ids)
        marked = orders.filtered(lambda order: order.client_order_ref == MARK).ids
    for step in run.steps if run else []:
        show_step(step)
    print(f"           {len(marked)} of {len(ids)} orders carry the mark")
    healthy = [order_id for order_id in ids if order_id != victim_id]
    verdict.claim(marked == healthy, "all orders but the failing one were written")
    state = run.state if run else "missing"
    verdict.claim(state in ("partly", "isolated"), f"the run tells of the failure (it is {state})")
    messages = " ".join(message for step in (run.steps if run else []) for message in step.messages)
    verdict.claim("No telephone number" in messages, "the run quotes the error")
