"""Records, rules and actions that the cases share; runs inside a worker."""

PARTNERS = 10_000
CATEGORIES = 1000
RULE_PREFIX = "bench:"


def install(env, with_rules):
    """Create the records every case works on, and the rule behind "late in a transaction"."""
    env["res.partner"].create(
        [{"name": f"Bench {n}", "ref": f"bench-{n}", "color": 1} for n in range(PARTNERS)]
    )
    env["res.partner.category"].create([{"name": f"Bench {n}"} for n in range(CATEGORIES)])
    if with_rules:
        model = "res.partner.category"
        rule(env, "earlier", model, [update_action(env, model, "color", "5")], watched="name")


def partners(env, count):
    """Return that many of the benchmark's partners."""
    return env["res.partner"].search([("ref", "like", "bench-")], limit=count, order="id")


def run_rules_on_1000_records(env):
    """Make the transaction one that has already run a rule on 1,000 records."""
    categories = env["res.partner.category"].search([("name", "like", "Bench")], limit=1000)
    categories.write({"name": "Bench again"})
    env.flush_all()


def action(env, model, state, **values):
    """Create a server action of a type on a model."""
    values = {"name": f"bench {state}", "model_id": env["ir.model"]._get_id(model), **values}
    return env["ir.actions.server"].create({**values, "state": state})


def update_action(env, model, field, value):
    """Create an "Update Record" action that writes a literal value."""
    return action(env, model, "object_write", update_path=field, value=value)


def rule(env, name, model, actions, *, trigger="on_create_or_write", watched=None, **values):
    """Create a rule that runs the actions; `watched` names the only field it looks at."""
    return env["base.automation"].create(
        [rule_values(env, name, model, actions, trigger=trigger, watched=watched, **values)]
    )


def rule_values(env, name, model, actions, *, trigger="on_create_or_write", watched=None, **values):
    """Return the values of a rule, to create many at once."""
    field_ids = [env["ir.model.fields"]._get(model, watched).id] if watched else []
    return {
        "name": f"{RULE_PREFIX} {name}",
        "model_id": env["ir.model"]._get_id(model),
        "trigger": trigger,
        "trigger_field_ids": [(6, 0, field_ids)],
        "action_server_ids": [(6, 0, [record.id for record in actions])],
        **values,
    }


def remove_rules(env):
    """Delete what `setup` of a case made; the rule of `install` stays."""
    names = [("name", "like", RULE_PREFIX), ("name", "not like", f"{RULE_PREFIX} earlier")]
    rules = env["base.automation"].with_context(active_test=False).search(names)
    actions = rules.action_server_ids
    if "workflow" in env:
        workflows = env["workflow"].search([("name", "like", "bench ")])
        # Those of cases with instances of their own; one by one they would take minutes.
        env.cr.execute("DELETE FROM workflow_instance WHERE wkf_id = ANY(%s)", [workflows.ids])
        workflows.unlink()
    rules.unlink()
    actions.exists().unlink()
