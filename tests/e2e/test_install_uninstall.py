"""Installing the engine changes nothing that exists; uninstalling it breaks nothing."""

import uuid

import pytest
from harness.process import start_in_odoo

TYPES = ("client", "dummy", "loop", "branch", "object_upsert")


@pytest.fixture
def stock_database(env):
    """A database with automation rules, as Odoo ships them, and none of our addons."""
    template = env.prepared_database("e2e-stock", ["base_automation", "sms"], False)
    name = f"e2e_{uuid.uuid4().hex[:8]}"
    env.create_database(name, template)
    yield name
    env.drop_database(name)


def make_stock_rules(env):
    """Create rules and actions as stock Odoo knows them: every type, nearly every trigger."""
    model = env["ir.model"]._get_id("res.partner")
    field = env["ir.model.fields"]._get("res.partner", "ref")
    configurations = {
        "object_write": {"update_path": "ref", "value": "from rule", "update_field_id": field.id},
        "code": {"code": "record.write({'comment': 'seen ' + record.name})"},
        "object_create": {
            "crud_model_id": env["ir.model"]._get_id("res.partner.category"),
            "value": "Created",
        },
    }
    for state, values in configurations.items():
        rule = env["base.automation"].create(
            {
                "name": state,
                "model_id": model,
                "trigger": "on_create",
                "filter_domain": "[('name', 'like', 'New')]",
            }
        )
        env["ir.actions.server"].create(
            {
                "name": state,
                "model_id": model,
                "state": state,
                "usage": "base_automation",
                "base_automation_id": rule.id,
                **values,
            }
        )
    env["ir.actions.server"].create(
        {
            "name": "direct",
            "model_id": model,
            "state": "code",
            "code": "record.write({'function': str(len(records))})",
        }
    )
    make_every_stock_type(env, model)
    make_every_stock_trigger(env, model)


def make_every_stock_type(env, model):
    """Create an action of each other type, as child of a multi action; nothing starts it."""
    partner = env["res.partner"].create({"name": "Template"})
    mail = env["mail.template"].create({"name": "Mail", "model_id": model, "subject": "Hello"})
    text = env["sms.template"].create({"name": "Text", "model_id": model, "body": "Hello"})
    activity = env.ref("mail.mail_activity_data_todo")
    parent = env["ir.actions.server"].create({"name": "all", "model_id": model, "state": "multi"})
    for state, values in {
        "object_copy": {"crud_model_id": model, "resource_ref": f"res.partner,{partner.id}"},
        "webhook": {"webhook_url": "http://127.0.0.1:9/"},
        "mail_post": {"template_id": mail.id, "mail_post_method": "email"},
        "followers": {"followers_type": "specific", "partner_ids": [(6, 0, partner.ids)]},
        "remove_followers": {"followers_type": "specific", "partner_ids": [(6, 0, partner.ids)]},
        "next_activity": {"activity_type_id": activity.id, "activity_summary": "Call"},
        "sms": {"sms_template_id": text.id, "sms_method": "sms"},
    }.items():
        env["ir.actions.server"].create(
            {"name": state, "model_id": model, "state": state, "parent_id": parent.id, **values}
        )


def make_every_stock_trigger(env, model):
    """Create a rule with each other trigger; what the test does fires none of them."""
    create_date = env["ir.model.fields"]._get("res.partner", "create_date")
    later = {"trg_date_range": 900, "trg_date_range_type": "day"}
    for trigger, values in {
        "on_create_or_write": {"filter_domain": "[('name', '=', 'Nobody')]"},
        "on_write": {"filter_pre_domain": "[('name', '=', 'Nobody')]"},
        "on_unlink": {},
        "on_archive": {},
        "on_unarchive": {},
        "on_message_received": {},
        "on_webhook": {"record_getter": "model.browse()"},
        "on_time": {**later, "trg_date_id": create_date.id},
        "on_time_created": later,
    }.items():
        rule = env["base.automation"].create(
            {"name": trigger, "model_id": model, "trigger": trigger, **values}
        )
        env["ir.actions.server"].create(
            {
                "name": trigger,
                "model_id": model,
                "state": "code",
                "code": "record.write({'function': 'never'})",
                "usage": "base_automation",
                "base_automation_id": rule.id,
            }
        )


def column_names(cr, table):
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND column_name NOT IN ('write_date', 'write_uid') ORDER BY column_name",
        [table],
    )
    return [name for [name] in cr.fetchall()]


def stock_rows(env, columns=None):
    """Return the stored actions and rules, column by column."""
    rows = {}
    for table in ("ir_act_server", "base_automation"):
        names = (columns or {}).get(table) or column_names(env.cr, table)
        env.cr.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
        rows[table] = {"columns": names, "rows": [list(map(str, row)) for row in env.cr.fetchall()]}
    return rows


def use_rules(env):
    """Create partners under the rules, run the direct action; return what can be seen."""
    partners = env["res.partner"].create(
        [{"name": "New one"}, {"name": "New two"}, {"name": "Old"}]
    )
    action = env["ir.actions.server"].search([("name", "=", "direct")])
    action.with_context(
        active_model="res.partner", active_ids=partners.ids, active_id=partners[0].id
    ).run()
    categories = env["res.partner.category"].search_count([("name", "=", "Created")])
    seen = [[p.name, p.ref, p.comment and str(p.comment), p.function] for p in partners]
    env.cr.rollback()
    return [seen, categories]


def test_installing_on_a_database_full_of_rules_changes_nothing(env, stock_database, folder):
    """The stored rules are the same to the letter, and so is what they do."""

    def in_stock(function, **arguments):
        return start_in_odoo(env, folder, stock_database, function, arguments=arguments).result()

    in_stock(make_stock_rules)
    rows = in_stock(stock_rows)
    seen = in_stock(use_rules)
    assert seen[0][0] == ["New one", "from rule", "<p>seen New one</p>", "3"]

    env.odoo(
        [
            "-d",
            stock_database,
            "-i",
            "server_action_engine,base_automation_ext",
            "--stop-after-init",
            "--no-http",
        ],
        log=folder / "install.log",
    )

    columns = {table: found["columns"] for table, found in rows.items()}
    after = in_stock(stock_rows, columns=columns)
    for table, found in rows.items():
        # The engine brings scheduled actions of its own; nothing else may differ.
        assert after[table]["rows"][: len(found["rows"])] == found["rows"]
    assert in_stock(use_rules) == seen


def make_one_of_each(env, types):
    """Create a rule, a child of a multi action and a scheduled action of each type."""
    model = env["ir.model"]._get_id("res.partner")
    body = env["ir.actions.server"].create(
        {"name": "body", "model_id": model, "state": "code", "code": "record.name"}
    )
    window = env["ir.actions.act_window"].create({"name": "w", "res_model": "res.partner"})
    name = env["ir.model.fields"]._get("res.partner", "name")
    needed = {
        "client": {"client_action_id": window.id},
        "dummy": {"dummy_message": "hello"},
        "loop": {"loop_expression": "record.child_ids", "loop_action_id": body.id},
        "branch": {"branch_condition": "record.name", "branch_then_id": body.id},
        "object_upsert": {
            "crud_model_id": model,
            "value_line_ids": [(0, 0, {"field_id": name.id, "value_type": "value", "value": "x"})],
            "upsert_field_ids": [(4, name.id)],
        },
    }
    for state in types:
        values = {"name": state, "model_id": model, "state": state, **needed[state]}
        rule = env["base.automation"].create(
            {"name": state, "model_id": model, "trigger": "on_unlink"}
        )
        env["ir.actions.server"].create(
            {**values, "usage": "base_automation", "base_automation_id": rule.id}
        )
        parent = env["ir.actions.server"].create(
            {"name": f"multi {state}", "model_id": model, "state": "multi"}
        )
        env["ir.actions.server"].create({**values, "parent_id": parent.id})
        env["ir.cron"].create({**values, "name": f"cron {state}", "interval_type": "days"})


def make_stock_types_with_settings_of_ours(env):
    """Create rules whose stock actions have a condition, mapped values or rights, and one not."""
    model = env["ir.model"]._get_id("res.partner")
    ref = env["ir.model.fields"]._get("res.partner", "ref")
    line = (0, 0, {"field_id": ref.id, "value_type": "value", "value": "set"})
    code = "record.write({'ref': 'set'})"
    for name, state, values in (
        ("condition", "code", {"code": code, "condition": "record.color == 5"}),
        ("filter", "code", {"code": code, "condition_domain": "[('color', '=', 5)]"}),
        ("values", "object_write", {"value_line_ids": [line]}),
        ("rights", "code", {"code": code, "run_as": "trigger_user"}),
        ("plain", "code", {"code": "record.write({'function': 'plain'})", "log_level": "off"}),
    ):
        rule = env["base.automation"].create(
            {"name": name, "model_id": model, "trigger": "on_create"}
        )
        env["ir.actions.server"].create(
            {
                "name": f"with {name}",
                "model_id": model,
                "state": state,
                "usage": "base_automation",
                "base_automation_id": rule.id,
                **values,
            }
        )


def what_rules_do(env):
    """Return what a new partner gets from the rules, and the code of the actions."""
    partner = env["res.partner"].create({"name": "new"})
    rules = env["base.automation"].search([])
    actions = env["ir.actions.server"].search([("name", "like", "with ")])
    return {
        "partner": [partner.ref, partner.function],
        "active": rules.mapped("name"),
        "codes": {action.name: action.code for action in actions},
    }


def uninstall(env):
    env["ir.module.module"].search(
        [("name", "=", "server_action_engine")]
    ).button_immediate_uninstall()


def left_over(env, types):
    """Return what is left of each type after the uninstallation."""
    actions = env["ir.actions.server"].search([("name", "in", list(types))])
    crons = env["ir.cron"].with_context(active_test=False).search([("name", "like", "cron ")])
    rules = env["base.automation"].with_context(active_test=False).search([])
    env["res.partner"].create({"name": "still works"}).write({"name": "indeed"})
    return {
        "states": sorted(set(actions.mapped("state")) | set(crons.mapped("state"))),
        "actions": len(actions),
        "commented": all(
            code.startswith("#") for code in (actions.mapped("code") + crons.mapped("code"))
        ),
        "active_crons": crons.filtered("active").mapped("name"),
        "crons": len(crons),
        "active_rules": rules.filtered("active").mapped("name"),
        "rules": len(rules),
    }


def test_uninstalling_turns_actions_into_commented_code(env, stock_database, folder):
    """Rules and schedules are paused, parents and children survive, the models work."""
    env.odoo(
        ["-d", stock_database, "-i", "server_action_engine", "--stop-after-init", "--no-http"],
        log=folder / "install.log",
    )
    for function, arguments in (
        (make_one_of_each, {"types": TYPES}),
        (uninstall, {}),
    ):
        start_in_odoo(env, folder, stock_database, function, arguments=arguments).result()
    left = start_in_odoo(
        env, folder, stock_database, left_over, arguments={"types": TYPES}
    ).result()
    assert left == {
        "states": ["code"],
        "actions": 2 * len(TYPES),
        "commented": True,
        "active_crons": [],
        "crons": len(TYPES),
        "active_rules": [],
        "rules": len(TYPES),
    }


def test_uninstalling_pauses_what_would_do_more_than_its_author_said(env, stock_database, folder):
    """A condition, values or rights that go away do not leave an unconditional action behind."""

    def inside(function):
        return start_in_odoo(env, folder, stock_database, function, arguments={}).result()

    env.odoo(
        ["-d", stock_database, "-i", "server_action_engine", "--stop-after-init", "--no-http"],
        log=folder / "install.log",
    )
    inside(make_stock_types_with_settings_of_ours)
    inside(uninstall)
    left = inside(what_rules_do)
    assert left["active"] == ["plain"]
    assert left["partner"] == [False, "plain"]
    kept = left["codes"].pop("with plain")
    assert kept == "record.write({'function': 'plain'})"
    assert all(
        line.startswith("#") for code in left["codes"].values() for line in code.splitlines()
    )
    assert "# record.write({'ref': 'set'})" in left["codes"]["with condition"]
