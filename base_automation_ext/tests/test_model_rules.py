"""The way from any screen to the rules of its model."""

from odoo.tests import HttpCase, tagged

from .browser_case import HELPERS


@tagged("post_install", "-at_install")
class TestModelRules(HttpCase):
    def test_debug_menu_leads_to_the_rules_of_the_model(self):
        """Only the rules of the model are shown, and a new one is about it."""
        self.env["base.automation"].search([]).active = False
        for model, name in [("res.partner", "Rule on contacts"), ("res.country", "Other rule")]:
            self.env["base.automation"].create(
                {
                    "name": name,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "trigger": "on_create",
                }
            )
        self.browser_js(
            "/odoo/action-base.action_partner_form?debug=1",
            f"""{HELPERS}
            (async () => {{
                find(".o_debug_manager button").click();
                await choose(".o-dropdown-item", "Automations on this model");
                await wait("one rule", () =>
                    find(".o_base_automation_kanban_view")?.textContent.includes("on contacts"));
                if (find(".o_base_automation_kanban_view").textContent.includes("Other rule")) {{
                    throw new Error("rules of other models are shown");
                }}
                find(".o-kanban-button-new").click();
                // The trigger is asked for once the model is known.
                await wait("the trigger", input);
                console.log("test successful");
            }})().catch((error) => console.error(error.message));
            """,
            "!!document.querySelector('.o_debug_manager button')",
            login="admin",
        )
