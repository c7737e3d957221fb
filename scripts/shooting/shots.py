"""The pictures: name → function(page, client, path)."""

from demoing import rule

from . import messages, rules, workflows

ENGINE = "server_action_engine"
ACTIONS = f"{ENGINE}.ir_actions_server_action"
RUNS = f"{ENGINE}.server_action_run_action"
TASKS = f"{ENGINE}.server_action_task_action"
RULES = "base_automation_ext.base_automation_action"


def _id_of(client, model, *domain):
    """Return the id of the newest record."""
    return client.call(model, "search", list(domain), order="id desc", limit=1)[0]


def action_form(page, client, path):
    """An action that creates a record from mapped values."""
    action_id = _id_of(client, "ir.actions.server", ("name", "=", rule.CREATE_NAME))
    page.open_action(ACTIONS, action_id)
    page.screenshot(path)


def action_conditions(page, client, path):
    """The page "When" of an action."""
    action_id = _id_of(client, "ir.actions.server", ("name", "=", rule.CREATE_NAME))
    page.open_action(ACTIONS, action_id)
    page.click(".o_notebook a[name='engine_condition']")
    page.evaluate("document.querySelector('.o_notebook').scrollIntoView()")
    page.screenshot(path)


def rule_form(page, client, path):
    """A rule in plain words, with what it waits for and what it does."""
    _rule_form(page, client, path, rules.VIP)


def rule_expiring(page, client, path):
    """A rule on a date of the record, without code."""
    _rule_form(page, client, path, rules.EXPIRING)


def rule_leads(page, client, path):
    """A rule on new records of one country, without code."""
    _rule_form(page, client, path, rules.ABROAD)


def _rule_form(page, client, path, name):
    page.open_action(RULES, rules.ensure(client)[name])
    page.wait_for(".o_base_automation_ext_count button")
    page.screenshot(path)


def rule_triggers(page, client, path):
    """The triggers a rule can have, those of the suite included."""
    page.open_action(RULES, rules.ensure(client)[rules.VIP])
    page.click("[name='trigger'] input")
    page.click(".o_base_automation_ext_more")
    page.screenshot(path)


def rule_failed(page, client, path):
    """A rule whose last run failed."""
    page.open_action(RULES, rules.ensure(client)[rules.BROKEN])
    page.click(".o_notebook a[name='behaviour']")
    page.screenshot(path)


def rule_list(page, client, path):
    """All rules by model, with how they are doing."""
    rules.ensure(client)
    page.open_action(RULES)
    page.click(".o_switch_view.o_list")
    page.screenshot(path)


def rule_cards(page, client, path):
    """The rules as cards."""
    rules.ensure(client)
    page.open_action(RULES)
    page.screenshot(path)


def rule_explain(page, client, path):
    """Why a rule does not run on a record."""
    page.open_action(RULES, rules.ensure(client)[rules.VIP])
    page.click(".oe_stat_button:has(.fa-question-circle)")
    page.wait_for(".modal .o_base_automation_ext_explain")
    page.wait_at_rest()
    page.screenshot(path)


def rule_test(page, client, path):
    """What a rule would do to a record, tried without effect."""
    page.open_action(RULES, rules.ensure(client)[rules.VIP])
    page.click(".oe_stat_button:has(.fa-flask)")
    page.click(".modal button[name='action_dry_run']")
    page.wait_for(".modal .o_field_widget[name='report']")
    page.wait_at_rest()
    page.screenshot(path)


def run_list(page, client, path):
    """The run log."""
    page.open_action(RUNS)
    page.screenshot(path)


def run_form(page, client, path):
    """One run with its timeline."""
    run_id = _id_of(client, "server.action.run", ("action_name", "=", rule.ACTION_NAME))
    page.open_action(RUNS, run_id)
    page.screenshot(path)


def run_failed(page, client, path):
    """A run in which a record failed and the others went on."""
    failed = [("state", "in", ("partly", "isolated")), ("record_count", ">", 1)]
    run_id = _id_of(client, "server.action.run", *failed)
    page.open_action(RUNS, run_id)
    page.screenshot(path)


def tasks(page, client, path):
    """Tasks that wait; the server of the pictures has no scheduler that would run them."""
    action_id = _id_of(client, "ir.actions.server", ("execution", "=", "task"))
    order_ids = client.call("sale.order", "search", [("state", "=", "sale")], limit=6)
    context = {"active_model": "sale.order", "active_ids": order_ids, "active_id": order_ids[0]}
    client.call("ir.actions.server", "run", [action_id], context=context)
    page.open_action(TASKS)
    page.screenshot(path)


def task_form(page, client, path):
    """A task that was retried."""
    page.open_action(TASKS, _id_of(client, "server.action.task", ("attempt", ">", 1)))
    page.screenshot(path)


def health(page, client, path):
    """The health page."""
    page.open_action(f"{ENGINE}.server_action_health_action")
    page.screenshot(path)


def dry_run(page, client, path):
    """What an action would do to records, opened by its button as a user does."""
    action_id = _id_of(client, "ir.actions.server", ("name", "=", rule.ACTION_NAME))
    page.open_action(ACTIONS, action_id)
    page.click(".oe_stat_button:has(.fa-flask)")
    page.wait_for(".modal [name='record_limit'] input")
    page.evaluate(
        "(() => { const input = document.querySelector(\".modal [name='record_limit'] input\");"
        "input.value = '1'; input.dispatchEvent(new Event('input', {bubbles: true}));"
        "input.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.click(".modal button[name='action_dry_run']")
    page.wait_for(".modal .o_field_widget[name='report']")
    page.wait_at_rest()
    page.evaluate("document.querySelector('.modal [name=report]').scrollIntoView()")
    page.screenshot(path)


SHOTS = {
    "action-form": action_form,
    "action-conditions": action_conditions,
    "rule-form": rule_form,
    "rule-expiring": rule_expiring,
    "rule-leads": rule_leads,
    "rule-triggers": rule_triggers,
    "rule-test": rule_test,
    "rule-explain": rule_explain,
    "rule-list": rule_list,
    "rule-cards": rule_cards,
    "rule-failed": rule_failed,
    "run-list": run_list,
    "run-form": run_form,
    "run-failed": run_failed,
    "tasks": tasks,
    "task-form": task_form,
    "health": health,
    "dry-run": dry_run,
    **workflows.SHOTS,
    **messages.SHOTS,
}
