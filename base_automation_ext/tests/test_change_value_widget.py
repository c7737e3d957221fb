"""The values of a change, chosen in a real browser as the type of the field asks."""

from odoo.tests import tagged

from .browser_case import RuleFormCase


@tagged("post_install", "-at_install")
class TestChangeValueWidget(RuleFormCase):
    def rule(self, field, **vals):
        return self.env["base.automation"].create(
            {
                "name": "Rule",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_field_change",
                "change_field_id": self.env["ir.model.fields"]._get("res.partner", field).id,
                **vals,
            }
        )

    def test_several_choices_of_a_selection(self):
        """Options by their labels, several of them, and one can be taken away again."""
        rule = self.rule("type", change_from="contact, other")
        self.run_js(
            """
            const from = ".o_field_widget[name=change_from]";
            const tags = () => all(`${from} .o_tag`).map((tag) => tag.textContent.trim());
            await wait("the chosen options", () => tags().join() === "Contact,Other");
            find(`${from} .o_tag .o_delete`).click();
            await wait("one option less", () => tags().join() === "Other");
            find(`${from} input`).click();
            await choose(".o_select_menu_item", "Delivery");
            await wait("one option more", () => tags().join() === "Other,Delivery");
            await wait("the sentence", () =>
                find("[name=sentence]").textContent.includes("is no longer Other or Delivery"));
            """,
            rule.id,
            leave="save",
        )
        self.assertEqual(rule.change_from, "other, delivery")

    def test_records(self):
        """Records by their names."""
        rule = self.rule("country_id")
        self.run_js(
            """
            const to = ".o_field_widget[name=change_to]";
            const input = await wait("the editor", () => find(`${to} input`));
            input.click();
            await type(input, "Belgium");
            await choose(".o-autocomplete--dropdown-item a", "Belgium");
            await wait("the chosen record", () => find(`${to} .o_tag`));
            """,
            rule.id,
            leave="save",
        )
        self.assertEqual(rule.change_to, str(self.env.ref("base.be").id))

    def test_yes_no_or_any(self):
        """A box that is ticked or not, and no answer means any."""
        rule = self.rule("is_company")
        self.run_js(
            """
            const select = await wait("the editor", () =>
                find(".o_field_widget[name=change_to] select"));
            const said = [...select.options].map((option) => option.textContent);
            if (said.join() !== "Any value,Yes,No") throw new Error(said.join());
            if (select.value !== "") throw new Error("chosen is " + select.value);
            select.value = "false";
            select.dispatchEvent(new Event("change", { bubbles: true }));
            await wait("the choice", () => !isClean());
            """,
            rule.id,
            leave="save",
        )
        self.assertEqual(rule.change_to, "false")

    def test_external_ids_stay_readable(self):
        """What the choosing of records cannot show stays a text."""
        rule = self.rule("country_id", change_to="base.be")
        self.run_js(
            """
            const text = await wait("the text", () =>
                find(".o_field_widget[name=change_to] textarea"));
            if (text.value !== "base.be") throw new Error("shown is " + text.value);
            """,
            rule.id,
        )
