"""What the scenes share."""

from ..evidence import read_run


def make_action(env, model, state, name, **values):
    """Create a server action."""
    values.update(name=name, model_id=env["ir.model"]._get_id(model), state=state)
    return env["ir.actions.server"].create(values)


def make_rule(env, name, model, trigger, action, watched=None, **values):
    """Create an automation rule with one action; ``watched`` names the only field it looks at."""
    model_id = env["ir.model"]._get_id(model)
    if watched:
        field = env["ir.model.fields"]._get(model, watched)
        values["trigger_field_ids"] = [(6, 0, field.ids)]
    values.update(name=name, model_id=model_id, trigger=trigger)
    values["action_server_ids"] = [(0, 0, {"name": name, "model_id": model_id, **action})]
    return env["base.automation"].create(values)


def lines(env, model, **values):
    """Return the lines of a mapping: field → (kind, text)."""
    return [
        (
            0,
            0,
            {
                "field_id": env["ir.model.fields"]._get(model, name).id,
                "value_type": kind,
                "value": text,
            },
        )
        for name, (kind, text) in values.items()
    ]


def name(env, xml_id, record):
    """Give a record the external id rules know it by."""
    module, _dot, short = xml_id.partition(".")
    env["ir.model.data"].create(
        {"module": module, "name": short, "model": record._name, "res_id": record.id}
    )


def run_on(action, records):
    """Run an action as a user does from the Action menu of a list."""
    context = {"active_model": records._name, "active_ids": records.ids}
    return action.with_context(**context, active_id=records[:1].id).run()


def last_run(env, action):
    """Return the newest run of an action, copied out of the ORM, or None."""
    run = env["server.action.run"].search([("action_id", "=", action.id)], order="id desc", limit=1)
    return read_run(run) if run else None
