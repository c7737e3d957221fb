"""A loop: an action runs on every line of an order and knows the order as its parent."""

from ..timeline import show_step
from . import stage

TITLE = "A loop over the lines of an order"
MESSAGE = "[[ parent.name ]]: [[ object.product_uom_qty ]] × [[ object.product_id.name ]]"


def play(session, verdict):
    """Run the loop, then read its run."""
    with session.transaction() as env:
        body = stage.make_action(env, "sale.order.line", "dummy", "Note the line")
        body.dummy_message = MESSAGE
        action = stage.make_action(
            env,
            "sale.order",
            "loop",
            "Note every line",
            loop_expression="object.order_line.filtered('product_id')",
            loop_action_id=body.id,
        )
        order = env["sale.order"].search([("state", "=", "sale")], limit=1, order="id")
        expected = [line.product_id.name for line in order.order_line if line.product_id]
        stage.run_on(action, order)
        action_id = action.id
    with session.transaction() as env:
        run = stage.last_run(env, env["ir.actions.server"].browse(action_id))
    verdict.claim(run is not None and run.state == "done", "the loop has a run that is done")
    steps = run.steps if run else []
    for step in steps:
        show_step(step)
    messages = [message for step in steps for message in step.messages]
    holds = len(messages) == len(expected) and all(
        message.endswith(name) for message, name in zip(messages, expected, strict=False)
    )
    verdict.claim(holds, f"the loop noted every line of the order ({len(expected)} lines)")
