"""What the scenes share."""

from ..evidence import read_run


def make_action(env, model, state, name, **values):
    """Create a server action."""
    values.update(name=name, model_id=env["ir.model"]._get_id(model), state=state)
    return env["ir.actions.server"].create(values)


def run_on(action, records):
    """Run an action as a user does from the Action menu of a list."""
    context = {"active_model": records._name, "active_ids": records.ids}
    return action.with_context(**context, active_id=records[:1].id).run()


def last_run(env, action):
    """Return the newest run of an action, copied out of the ORM, or None."""
    run = env["server.action.run"].search([("action_id", "=", action.id)], order="id desc", limit=1)
    return read_run(run) if run else None
