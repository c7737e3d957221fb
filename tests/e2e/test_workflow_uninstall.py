"""Uninstalling the workflow engine leaves nothing behind that would start or fail."""


def prepare(env):
    """Make a workflow with a timer, an action that sends a signal, and a rule about it."""
    model = env["ir.model"]._get("res.partner")
    workflow = env["workflow"].create({"name": "Going", "osv": "res.partner", "in_lists": True})
    acts = [
        env["workflow.activity"].create(
            {"name": name, "wkf_id": workflow.id, "flow_start": name == "a"}
        )
        for name in "ab"
    ]
    ends = {"act_from": acts[0].id, "act_to": acts[1].id}
    env["workflow.transition"].create([{**ends, "signal": "go"}, {**ends, "timer_kind": "delay"}])
    workflow.action_publish()
    partner = env["res.partner"].create({"name": "Waiting"})
    action = env["ir.actions.server"].create(
        {"name": "Send", "model_id": model.id, "state": "trigger", "trigger_name": "go"}
    )
    rule = env["base.automation"].create(
        {"name": "Entered", "model_id": model.id, "trigger": "on_workflow_entered"}
    )
    timers = env["server.action.task"].search_count([("model", "=", "workflow.workitem")])
    return [partner.id, action.id, rule.id, timers]


def uninstall(env):
    env["ir.module.module"].search([("name", "=", "workflow_engine")]).button_immediate_uninstall()


def look(env, partner, action, rule):
    """Write the record, and return what is left of the rest."""
    env["res.partner"].browse(partner).write({"name": "Free"})
    env.cr.execute("SELECT relname FROM pg_class WHERE relname ~ 'workflow'")
    relations = env.cr.fetchall()
    env["res.partner"].create({"name": "New"})
    action = env["ir.actions.server"].browse(action)
    rule = env["base.automation"].browse(rule)
    return {
        "fields": [name for name in env["res.partner"]._fields if "workflow" in name],
        "relations": relations,
        "models": [name for name in env.registry if name.startswith("workflow")],
        "action": action.state,
        "rule": rule.active,
        "timers": env["server.action.task"]
        .search([("model", "=", "workflow.workitem")])
        .mapped("state"),
    }


def test_uninstalling_ends_everything(in_odoo):
    """Records can be written, actions are comments, rules are paused, timers gone."""
    partner, action, rule, timers = in_odoo(prepare).result()
    assert timers == 1
    in_odoo(uninstall).result()
    assert in_odoo(look, partner=partner, action=action, rule=rule).result() == {
        "fields": [],
        "relations": [],
        "models": [],
        "action": "code",
        "rule": False,
        "timers": [],
    }
