"""The trigger “Button”: who sees it, who may press it, what it does."""

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import RuleCase

KEY = "base_automation_ext_button"


class ButtonCase(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "presser", groups="base.group_user,base.group_partner_manager"
        )
        cls.reader = new_test_user(cls.env, "reader", groups="base.group_user")
        cls.group = cls.env["res.groups"].create({"name": "Approvers"})

    def button(self, action=None, **vals):
        return self.make_rule(action, **{"trigger": "on_button", "button_label": "Do it", **vals})

    def press(self, rule, records, user=None):
        records = records.with_user(user or self.user)
        return records.with_context(**{KEY: rule.id}).action_run_automation_button()

    def buttons_in(self, view_type="form", model="res.partner", user=None, **context):
        """Return the nodes of the rules' buttons in a view, as the client gets it."""
        records = self.env[model].with_user(user or self.user).with_context(**context)
        arch = etree.fromstring(records.get_view(view_type=view_type)["arch"])
        return arch.xpath("/*/header/button[@name='action_run_automation_button']")

    def labels(self, *args, **options):
        return [node.get("string") for node in self.buttons_in(*args, **options)]


@tagged("post_install", "-at_install")
class TestButtonInViews(ButtonCase):
    def test_views_of_other_models_and_types_stay_as_they_are(self):
        before = {
            view: self.env["res.partner"].get_view(view_type=view) for view in ("list", "kanban")
        }
        self.button(button_on_list=False)
        self.assertEqual(self.labels(), ["Do it"])
        for view, result in before.items():
            self.assertEqual(self.env["res.partner"].get_view(view_type=view), result)
        self.assertEqual(self.labels(model="res.country"), [])

    def test_form_without_a_header_gets_one(self):
        """The form of categories has none; the header stands first."""
        self.button({"state": "code", "code": "pass"}, model="res.partner.category")
        [node] = self.buttons_in(model="res.partner.category", user=self.env.user)
        self.assertEqual(node.getparent().getparent().tag, "form")
        self.assertFalse(node.getparent().getprevious())

    def test_attributes(self):
        """Everything the author chose is in the node, safely quoted."""
        rule = self.button(
            button_label='Say "hi" & <go>',
            button_icon="fa-check",
            button_confirm="Really?",
            button_domain="[('is_company', '=', True), ('color', '>', 3)]",
            button_on_list=True,
        )
        [node] = self.buttons_in()
        self.assertEqual(
            {name: node.get(name) for name in ("type", "string", "icon", "confirm", "context")},
            {
                "type": "object",
                "string": 'Say "hi" & <go>',
                "icon": "fa-check",
                "confirm": "Really?",
                "context": f"{{'{KEY}': {rule.id}}}",
            },
        )
        self.assertEqual(node.get("invisible"), "not ((is_company) and (color > 3))")
        [node] = self.buttons_in("list")
        self.assertIsNone(node.get("invisible"))

    def test_fields_of_the_condition_are_in_the_view(self):
        """Odoo adds those the form does not have, so the client can decide."""
        form = self.env["res.partner"].get_view(view_type="form")
        self.assertFalse(etree.fromstring(form["arch"]).xpath("//field[@name='partner_latitude']"))
        self.button(button_domain="[('partner_latitude', '!=', False)]")
        form = self.env["res.partner"].get_view(view_type="form")
        arch = etree.fromstring(form["arch"])
        self.assertTrue(arch.xpath("//field[@name='partner_latitude']"))
        self.assertIn("partner_latitude", form["models"]["res.partner"])

    def test_every_change_is_shown_at_once(self):
        """No cache keeps what the rule was like; other translations neither."""
        self.env["res.lang"]._activate_lang("de_DE")
        rule = self.button()
        self.assertEqual(self.labels(), ["Do it"])
        rule.button_label = False
        self.assertEqual(self.labels(), ["Test rule"])
        rule.name = "New name"
        self.assertEqual(self.labels(), ["New name"])
        rule.button_label = "Other"
        self.assertEqual(self.labels(), ["Other"])
        rule.update_field_translations("button_label", {"de_DE": "Anders"})
        self.assertEqual(self.labels(lang="de_DE"), ["Anders"])
        second = self.button(sequence=1, button_label="First")
        self.assertEqual(self.labels(), ["First", "Other"])
        second.sequence = 99
        self.assertEqual(self.labels(), ["Other", "First"])
        rule.paused = True
        second.active = False
        self.assertEqual(self.labels(), [])
        rule.paused = False
        rule.write({"button_on_form": False, "button_on_list": True})
        self.assertEqual(self.labels(), [])
        self.assertEqual(self.labels("list"), ["Other"])
        rule.unlink()
        self.assertEqual(self.labels("list"), [])

    def test_button_of_a_rolled_back_rule_is_shown_to_nobody(self):
        savepoint = self.env.cr.savepoint()
        self.button()
        self.assertEqual(self.labels(), ["Do it"])
        savepoint.close(rollback=True)
        self.assertEqual(self.labels(), [])

    def test_browsers_forget_their_views(self):
        """The value under which a browser keeps views on disk changes with the buttons."""
        rules = self.env["base.automation"]
        self.assertEqual(rules._mark_of_views(), "")
        rule = self.button()
        first = rules._mark_of_views()
        rule.button_label = "Other"
        self.assertNotIn(rules._mark_of_views(), ("", first))
        rule.unlink()
        self.make_rule()
        self.assertEqual(rules._mark_of_views(), "")

    def test_groups(self):
        """Only members see it, also of a group without an external id."""
        self.button(button_group_ids=[(6, 0, self.group.ids)])
        self.assertEqual(self.labels(), [])
        self.user.group_ids += self.group
        self.assertEqual(self.labels(), ["Do it"])
        self.assertEqual(self.labels(user=self.reader), [])

    def test_views_without_buttons_cost_no_statement(self):
        """Neither the key of the cache nor the hook around it asks the database."""
        partner = self.env["res.partner"]
        self.make_rule()
        partner.get_view(view_type="form")
        alone = self.queries_of(lambda: partner.get_view(view_type="form"))
        self.button(model="res.country", action=self.code("pass"))
        partner.get_view(view_type="form")
        self.assertEqual(self.queries_of(lambda: partner.get_view(view_type="form")), alone)


@tagged("post_install", "-at_install")
class TestButtonPressed(ButtonCase):
    def test_runs_on_all_chosen_records_at_once(self):
        """An ordinary user who may change them; the run log names the button's rule."""
        rule = self.button(
            self.code("records.write({'ref': str(len(records))})", code_scope="batch")
        )
        partners = self.make_partners(3)
        self.assertIs(self.press(rule, partners), False)
        self.assertEqual(partners.mapped("ref"), ["3"] * 3)
        run = self.env["server.action.run"].search([("origin_id", "=", rule.id)])
        self.assertEqual((run.trigger_kind, run.record_count), ("button", 3))
        self.assertEqual(run.user_id, self.user)

    def test_does_not_fire_without_being_pressed(self):
        self.button()
        partner = self.make_partners(1)
        partner.write({"comment": "x"})
        self.assertFalse(partner.ref)

    def test_returns_the_action_of_the_last_action(self):
        """The client opens what the rule's actions say."""
        rule = self.button(
            [
                self.code("action = {'type': 'ir.actions.act_url', 'url': '/first'}"),
                self.code("action = {'type': 'ir.actions.act_url', 'url': '/last'}"),
                self.code("pass"),
            ]
        )
        self.assertEqual(self.press(rule, self.make_partners(1))["url"], "/last")

    def test_records_that_do_not_match(self):
        """Both filters are asked on the server; what is left out is said."""
        rule = self.button(
            button_domain="[('function', '!=', 'closed')]", filter_domain="[('city', '=', 'Ghent')]"
        )
        fine, closed, elsewhere = (
            self.make_partners(1, function=function, city=city)
            for function, city in (("open", "Ghent"), ("closed", "Ghent"), ("open", "Paris"))
        )
        result = self.press(rule, fine + closed + elsewhere)
        self.assertEqual(result["tag"], "display_notification")
        self.assertIn("2 of the chosen", result["params"]["message"])
        self.assertEqual([fine.ref, closed.ref, elsewhere.ref], ["hit", False, False])
        for partner in (closed, elsewhere):
            with self.assertRaisesRegex(UserError, "“Do it” is not meant for any"):
                self.press(rule, partner)
            self.assertFalse(partner.ref)
        with self.assertRaisesRegex(UserError, "Choose the records"):
            self.press(rule, self.env["res.partner"])

    def test_says_why_limits_left_records_out(self):
        """A press that does nothing, or not everything, tells the reason."""
        rule = self.button(cooldown_number=1)
        first, second = self.make_partners(2)
        self.assertIs(self.press(rule, first), False)
        told = self.press(rule, first)["params"]
        self.assertEqual(told["type"], "warning")
        self.assertEqual(told["message"], "It fired on this record a short time ago.")
        told = self.press(rule, first + second)["params"]
        self.assertIn("Left out 1 of 2 records: It fired on this record", told["message"])
        self.assertEqual(second.ref, "hit")

    def test_says_that_it_is_not_for_this_user_or_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for vals, said in (
            ({"only_group_ids": [(6, 0, self.group.ids)]}, "not meant for this user"),
            ({"company_ids": [(6, 0, other.ids)]}, "records of this company"),
        ):
            with self.subTest(said):
                rule, partner = self.button(**vals), self.make_partners(1)
                self.assertIn(said, self.press(rule, partner)["params"]["message"])
                self.assertFalse(partner.ref)

    def test_says_that_it_runs_later(self):
        rule = self.button(debounce_number=5)
        told = self.press(rule, self.make_partners(1))["params"]
        self.assertEqual(told["type"], "info")
        self.assertIn("a little later", told["message"])

    def test_says_that_it_failed(self):
        """A rule that must not block leaves the record as it was; the user learns of it."""
        rule = self.button(unique_key="1 // record.color", on_error="isolate")
        partner = self.make_partners(1)
        with self.assertLogs("odoo.addons.base_automation_ext.models.rule_process", "WARNING"):
            told = self.press(rule, partner)["params"]
        self.assertIn("failed", told["message"])
        self.assertFalse(partner.ref)

    def test_tells_and_goes_on_with_the_action(self):
        rule = self.button(
            self.code("action = {'type': 'ir.actions.act_url', 'url': '/there'}"),
            limit_per_record=1,
        )
        first, second = self.make_partners(2)
        self.assertEqual(self.press(rule, first)["url"], "/there")
        told = self.press(rule, first + second)["params"]
        self.assertIn("as often as it may", told["message"])
        self.assertEqual(told["next"]["url"], "/there")

    def test_condition_on_the_user(self):
        """`uid` is the user who presses, in the form and on the server."""
        rule = self.button(button_domain="[('user_id', '=', uid)]")
        [node] = self.buttons_in()
        self.assertEqual(node.get("invisible"), "not ((user_id == uid))")
        partner = self.make_partners(1, user_id=self.user.id)
        self.press(rule, partner)
        self.assertEqual(partner.ref, "hit")
        other = self.make_partners(1, user_id=self.reader.id)
        with self.assertRaises(UserError):
            self.press(rule, other)

    def test_statements_do_not_grow_with_the_records(self):
        rule = self.button()
        counts = []
        for count in (2, 3, 40):
            partners = self.make_partners(count)
            counts.append(self.queries_of(lambda partners=partners: self.press(rule, partners)))
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestButtonConfiguration(ButtonCase):
    def test_wrong_buttons_are_refused(self):
        """The error names the reason and the way out."""
        for vals, message in (
            ({"button_on_form": False}, "shown nowhere"),
            ({"button_icon": "check"}, "“check” is not an icon"),
            ({"button_domain": "[('nothing', '=', 1)]"}, "no field “nothing”"),
            ({"button_domain": "[('country_id.code', '=', 'BE')]"}, "field of another record"),
            ({"button_domain": "[('name', 'ilike', 'x')]"}, "cannot decide “name ilike”"),
            ({"button_domain": "[('signup_type', '=', 'x')]"}, "not everybody may read"),
            ({"button_domain": "[('create_date', '<', now)]"}, "“now” is not known"),
            ({"button_domain": "[('image_1920', '!=', False)]"}, "cannot compare “image_1920”"),
            ({"button_domain": "nonsense("}, "not a filter"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.button(**vals)

    def test_group_in_use_is_not_deleted(self):
        """Its end would show the button to everybody."""
        from psycopg2 import IntegrityError

        from odoo.tools import mute_logger

        self.button(button_group_ids=[(6, 0, self.group.ids)])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.group.unlink()


#: Waits for elements and clicks them one after the other, then waits for the last one.
CLICKS = """
(async () => {
    const found = async (selector) => {
        for (let turn = 0; turn < 200; turn++) {
            const element = document.querySelector(selector);
            if (element) {
                return element;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("not found: " + selector + " in " + document.body.innerText.slice(0, 500));
    };
    try {
        const selectors = %s;
        const last = selectors.pop();
        for (const selector of selectors) {
            (await found(selector)).click();
        }
        await found(last);
        console.log("test successful");
    } catch (error) {
        console.error(error.message);
    }
})();
"""
READY = "Boolean(window.odoo && odoo.loader && odoo.loader.modules.size)"


@tagged("post_install", "-at_install")
class TestButtonInTheBrowser(HttpCase):
    def test_pressed_in_the_form(self):
        """Shown where it belongs, asks first, runs, and the form shows what it did."""
        model_id = self.env["ir.model"]._get_id("res.partner")
        self.env["base.automation"].create(
            {
                "name": "Mark",
                "model_id": model_id,
                "trigger": "on_button",
                "button_confirm": "Really?",
                "button_domain": "[('function', '=', 'shown')]",
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Mark",
                            "model_id": model_id,
                            "state": "object_write",
                            "update_path": "function",
                            "evaluation_type": "value",
                            "value": "pressed",
                        },
                    )
                ],
            }
        )
        partner = self.env["res.partner"].create({"name": "Looked at", "function": "shown"})
        button = ".o_form_statusbar button[name=action_run_automation_button]"
        clicks = [button, ".modal .btn-primary", f".o_form_view:not(:has({button}))"]
        self.browser_js(
            f"/odoo/res.partner/{partner.id}", CLICKS % clicks, READY, login="admin", timeout=90
        )
        partner.invalidate_recordset()
        self.assertEqual(partner.function, "pressed")
