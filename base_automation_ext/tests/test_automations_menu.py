"""“Automations on this Model” in the debug menu."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import RuleCase
from .test_trigger_button import READY


@tagged("post_install", "-at_install")
class TestAutomationsMenu(RuleCase):
    def test_opens_the_rules_of_the_model(self):
        """Also archived ones, and new rules are for the same model."""
        rule, archived = self.make_rule(), self.make_rule(active=False)
        other = self.make_rule(self.code("pass"), model="res.country")
        action = self.env["base.automation"].action_open_rules_of_model("res.partner")
        found = self.env["base.automation"].with_context(**action["context"])
        shown = found.search(action["domain"])
        self.assertLessEqual(rule | archived, shown)
        self.assertNotIn(other, shown)
        self.assertEqual(found.new().model_id, self.partner_model)
        self.assertIn("Contact", action["name"])

    def test_is_for_administrators(self):
        user = new_test_user(self.env, "curious", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["base.automation"].with_user(user).action_open_rules_of_model("res.partner")


@tagged("post_install", "-at_install")
class TestAutomationsMenuInTheBrowser(HttpCase):
    def test_from_a_form_to_its_rules(self):
        partner = self.env["res.partner"].create({"name": "Looked at"})
        self.browser_js(
            f"/odoo/res.partner/{partner.id}?debug=1",
            """
            const named = (text) => [...document.querySelectorAll(".o-dropdown-item")]
                .find((item) => item.textContent.includes(text));
            const until = async (test) => {
                for (let turn = 0; turn < 200; turn++) {
                    const result = test();
                    if (result) {
                        return result;
                    }
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error("waited in vain for " + test);
            };
            (async () => {
                try {
                    (await until(() => document.querySelector(".o_form_view") &&
                        document.querySelector(".o_debug_manager button"))).click();
                    (await until(() => named("Automations on this Model"))).click();
                    await until(() => document.querySelector(".o_base_automation_kanban_view"));
                    await until(() => document.body.innerText.includes("Automations on Contact"));
                    console.log("test successful");
                } catch (error) {
                    console.error(error.message);
                }
            })();
            """,
            READY,
            login="admin",
            timeout=90,
        )
