"""The trigger of a rule, chosen in a real browser."""

from odoo.tests import tagged

from .browser_case import RuleFormCase


@tagged("post_install", "-at_install")
class TestTriggerWidget(RuleFormCase):
    def test_added_triggers_stand_behind_a_switch(self):
        """Odoo's own first; the others after a click, or when searched for; all explained."""
        self.run_js("""
            await chooseModel("Contact");
            await wait("the trigger", input);
            await open();
            check(items().includes("On create"), "stock's triggers are missing");
            check(!items().includes("Field changes"), "an added trigger is shown");
            find(".o_base_automation_ext_more").click();
            await wait("more triggers", () => items().includes("Field changes"));
            check(!find(".o_base_automation_ext_more"), "the switch is still there");
            all(".o_select_menu_item").find((item) => item.textContent === "Field changes").click();
            await wait("its help", () =>
                find(".o_form_sheet").textContent.includes("from one stage to another"));
            await wait("its field", () => find(".o_field_widget[name=change_field_id]"));
        """)

    def test_search_finds_what_is_not_shown(self):
        """Nobody has to know where a trigger hides."""
        self.run_js("""
            await chooseModel("Contact");
            await wait("the trigger", input);
            await open();
            check(!items().includes("On update only"), "an added trigger is shown");
            await type(input(), "update only");
            await wait("the trigger searched for", () => items().includes("On update only"));
        """)

    def test_list_is_that_of_the_model_chosen_last(self):
        """Neither a slow answer for the model before nor a click too early shows old triggers."""
        slow = self.env["ir.model"]._get_id("res.country")
        self.run_js(f"""
            await chooseModel("Country");
            await wait("the trigger", input);
            // From now on the fields of countries arrive after everything else.
            const send = XMLHttpRequest.prototype.send;
            XMLHttpRequest.prototype.send = function (body) {{
                const isSlow = String(body).includes('"model_id","=",{slow}]')
                    && String(body).includes("ir.model.fields");
                setTimeout(() => send.call(this, body), isSlow ? 1500 : 100);
            }};
            await chooseModel("Country state");
            await chooseModel("Country");
            await chooseModel("Contact");
            // At once, as an impatient user or a browser test does.
            await open();
            check(items().includes("On archived"), "contacts can be archived");
            check(items().includes("On incoming message"), "contacts have messages");
            await sleep(2000);
            check(items().includes("On archived"), "the list was replaced by an older one");
        """)

    def test_chosen_trigger_is_shown_whatever_it_is(self):
        """An added trigger in use is in the list without the switch, and a deprecated one too."""
        for trigger, label in [("on_update", "On update only"), ("on_write", "On update")]:
            rule = self.env["base.automation"].create(
                {
                    "name": "Rule",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "trigger": trigger,
                }
            )
            self.run_js(
                f"""
                await open();
                check(items().includes("{label}"), "the chosen trigger is missing");
                check(input().value === "{label}", "shown is " + input().value);
                """,
                rule.id,
            )
