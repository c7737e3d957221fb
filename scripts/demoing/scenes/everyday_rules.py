"""Three rules as people write them: what fires, what does not, and what it cost."""

from ..evidence import read_run
from ..timeline import show_run
from . import stage

TITLE = "Three everyday rules: VIP order, US leads, implementation task"


def play(session, verdict):
    """Write the rules, do what a user does, read back what came of it."""
    with session.transaction() as env:
        rules = {scene: scene.rule(env).id for scene in (VipOrder, UsLeads, ImplementationTask)}
    for scene, rule_id in rules.items():
        with session.transaction("admin") as env:
            records = scene.happens(env)
            model, ids = records._name, records.ids
        with session.transaction() as env:
            hit, spared = (env[model].browse(record_id) for record_id in ids)
            print(f"\n  event    {scene.event(hit, spared)}")
            origin = [("origin_model", "=", "base.automation"), ("origin_id", "=", rule_id)]
            runs = env["server.action.run"].search(origin)
            for run in map(read_run, runs):
                show_run(run)
            for text, holds in scene.facts(hit, spared):
                print(f"  found    {text}" if holds else f"  MISSING  {text}")
                verdict.claim(holds, text)
            verdict.claim(len(runs) == 1, f"one run of the rule (found {len(runs)})")
            verdict.claim(runs.mapped("record_count") == [1], "of the two records one was acted on")
            env["base.automation"].browse(rule_id).active = False


class VipOrder:
    """Order amount over 10,000: reference and tag."""

    @staticmethod
    def rule(env):
        tag = env["crm.tag"].create({"name": "VIP"})
        stage.name(env, "sale.tag_vip", tag)
        return stage.make_rule(
            env,
            "VIP order",
            "sale.order",
            "on_create_or_write",
            {
                "state": "object_write",
                "value_line_ids": stage.lines(
                    env,
                    "sale.order",
                    tag_ids=("value", "ref('sale.tag_vip')"),
                    client_order_ref=("template", "VIP [[ object.partner_id.name ]]"),
                ),
            },
            watched="amount_total",
            filter_domain="[('amount_total', '>', 10000)]",
        )

    @staticmethod
    def happens(env):
        product = env["product.product"].search([("sale_ok", "=", True)], limit=1)
        partner = env["res.partner"].search([("is_company", "=", True)], limit=1)
        lines = [
            [(0, 0, {"product_id": product.id, "price_unit": price, "tax_ids": [(5,)]})]
            for price in (15_000, 150)
        ]
        return env["sale.order"].create(
            [{"partner_id": partner.id, "order_line": line} for line in lines]
        )

    @staticmethod
    def event(hit, spared):
        return f"two quotations, over {hit.amount_total:,.0f} and {spared.amount_total:,.0f}"

    @staticmethod
    def facts(hit, spared):
        name = hit.partner_id.name
        yield (
            f"{hit.name}: tag VIP, “VIP {name}”",
            (hit.tag_ids.name == "VIP" and hit.client_order_ref == f"VIP {name}"),
        )
        yield f"{spared.name}: untouched", not spared.tag_ids and not spared.client_order_ref


class UsLeads:
    """Lead created in the United States: team and user by reference."""

    @staticmethod
    def rule(env):
        team = env["crm.team"].create({"name": "America"})
        stage.name(env, "demo.team_us", team)
        return stage.make_rule(
            env,
            "US leads",
            "crm.lead",
            "on_create",
            {
                "state": "object_write",
                "value_line_ids": stage.lines(
                    env,
                    "crm.lead",
                    team_id=("equation", "ref('demo.team_us')"),
                    user_id=("equation", "ref('base.user_demo')"),
                ),
            },
            filter_domain="[('country_id.code', '=', 'US')]",
        )

    @staticmethod
    def happens(env):
        return env["crm.lead"].create(
            [
                {"name": f"Lead from {code}", "country_id": env.ref(f"base.{code.lower()}").id}
                for code in ("US", "BE")
            ]
        )

    @staticmethod
    def event(hit, spared):
        return f"two leads, from {hit.country_id.name} and {spared.country_id.name}"

    @staticmethod
    def facts(hit, spared):
        demo = hit.env.ref("base.user_demo")
        yield (
            f"{hit.name}: team {hit.team_id.name}, user {hit.user_id.name}",
            (hit.team_id.name == "America" and hit.user_id == demo),
        )
        yield f"{spared.name}: team {spared.team_id.name}", spared.team_id.name != "America"


class ImplementationTask:
    """Lead reaches a qualified stage: a task with four mapped values."""

    @staticmethod
    def rule(env):
        project = env["project.project"].create({"name": "Implementations"})
        stage.name(env, "demo.project_implementation", project)
        return stage.make_rule(
            env,
            "Implementation task",
            "crm.lead",
            "on_stage_set",
            {
                "state": "object_create",
                "crud_model_id": env["ir.model"]._get_id("project.task"),
                "value_line_ids": stage.lines(
                    env,
                    "project.task",
                    name=("equation", "'Implementation: ' + record.name"),
                    project_id=("equation", "ref('demo.project_implementation')"),
                    partner_id=("equation", "record.partner_id.id"),
                    description=("path", "description"),
                ),
            },
            trg_field_ref=env.ref("crm.stage_lead2").id,
        )

    @staticmethod
    def happens(env):
        partner = env["res.partner"].search([("is_company", "=", True)], limit=1)
        leads = env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "description": "<p>Two sites</p>",
                }
                for name in ("Factory", "Shop")
            ]
        )
        leads[0].stage_id = env.ref("crm.stage_lead2")
        return leads

    @staticmethod
    def event(hit, spared):
        return f"“{hit.name}” is {hit.stage_id.name}, “{spared.name}” stays {spared.stage_id.name}"

    @staticmethod
    def facts(hit, spared):
        task = hit.env.ref("demo.project_implementation").task_ids
        yield (
            f"task “{task.name}” for {task.partner_id.name}",
            (
                task.name == f"Implementation: {hit.name}"
                and task.partner_id == hit.partner_id
                and "Two sites" in (task.description or "")
            ),
        )
