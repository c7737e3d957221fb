"""Rules pause themselves when they cannot go on, and tell their owner."""

from odoo.tests import new_test_user, tagged

from ..models.rule_pause import _pause_in_own_transaction
from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRulePause(RuleCase):
    def custom_field(self, name="x_shoe_size", **vals):
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "model_id": self.partner_model.id,
                "field_description": "Shoe size",
                "ttype": "integer",
                **vals,
            }
        )

    def assert_told(self, rule, owner, text):
        self.assertTrue(rule.paused)
        self.assertRegex(rule.pause_reason, text)
        activity = rule.activity_ids
        self.assertEqual(activity.user_id, owner)
        self.assertIn(rule.name, activity.summary)
        self.assertRegex(str(rule.message_ids.filtered("body")[:1].body), text)

    def test_field_that_is_removed(self):
        """Whatever names the field pauses its rule; other rules go on."""
        field = self.custom_field()
        owner = new_test_user(self.env, "owner", groups="base.group_system")
        cases = [
            {"filter_domain": "[('x_shoe_size', '>', 40)]"},
            {"filter_domain": "[('child_ids.x_shoe_size', '>', 40)]"},
            {"filter_pre_domain": "[('child_ids', 'any', [('x_shoe_size', '=', 1)])]"},
            {"filter_change": "changed('x_shoe_size')"},
            {"filter_change": "record.x_shoe_size > 40"},
            {"unique_key": "record.x_shoe_size"},
            {"fields": ["x_shoe_size"]},
            {"trigger": "on_field_change", "change_field_id": field.id},
        ]
        rules = [self.make_rule(responsible_id=owner.id, **vals) for vals in cases]
        other = self.make_rule(filter_domain="[('color', '>', 40)]")
        field.unlink()
        for rule, vals in zip(rules, cases, strict=True):
            with self.subTest(**vals):
                self.assert_told(rule, owner, "field “x_shoe_size”.*was removed or renamed")
        self.assertFalse(other.paused)
        partner = self.make_partners(1)
        partner.write({"comment": "saved"})

    def test_field_that_is_renamed(self):
        field = self.custom_field()
        rule = self.make_rule(filter_change="old.x_shoe_size > 40")
        field.field_description = "Size of the shoe"
        self.assertFalse(rule.paused)
        field.name = "x_size"
        self.assertTrue(rule.paused)

    def test_record_that_is_deleted(self):
        """A tag, stage or partner a rule is about; deleting another one changes nothing."""
        tags = self.env["res.partner.category"].create([{"name": n} for n in "ABCD"])
        self.env["ir.model.data"].create(
            {
                "name": "tag_d",
                "module": "base_automation_ext",
                "model": "res.partner.category",
                "res_id": tags[3].id,
            }
        )
        a, b, c, d = tags
        rule = self.make_rule(filter_domain=f"[('category_id', '=', {a.id})]")
        among = self.make_rule(filter_domain=f"[('category_id', 'in', [{a.id}, {b.id}])]")
        without = self.make_rule(filter_domain=f"[('category_id', '!=', {a.id})]")
        named = self.make_rule(
            filter_change="ref('base_automation_ext.tag_d') in record.category_id"
        )
        field = self.env["ir.model.fields"]._get("res.partner", "category_id")
        change = self.make_rule(
            trigger="on_field_change", change_field_id=field.id, change_to=str(b.id)
        )
        rules = rule + among + without + named + change
        c.unlink()
        self.assertEqual(rules.mapped("paused"), [False] * 5)
        a.unlink()
        self.assertEqual(rules.mapped("paused"), [True, False, False, False, False])
        self.assert_told(rule, self.env.ref("base.user_admin"), "“A”.*was deleted")
        (b + d).unlink()
        self.assertEqual(rules.mapped("paused"), [True, True, False, True, True])

    def test_last_of_several_records(self):
        """A list of records is given up when none of them is left."""
        tags = self.env["res.partner.category"].create([{"name": n} for n in "AB"])
        rule = self.make_rule(filter_domain=f"[('category_id', 'in', {tags.ids})]")
        tags.unlink()
        self.assertTrue(rule.paused)

    def test_one_after_the_other(self):
        """The same when they are deleted one by one."""
        first, last = self.env["res.partner.category"].create([{"name": n} for n in "AB"])
        ids = [first.id, last.id]
        rule = self.make_rule(filter_domain=f"[('category_id', 'in', {ids})]")
        first.unlink()
        self.assertFalse(rule.paused)
        last.unlink()
        self.assertTrue(rule.paused)

    def test_deletion_by_a_user_without_rights_on_rules(self):
        user = new_test_user(self.env, "clerk", groups="base.group_user,base.group_partner_manager")
        partner = self.make_partners(1)
        rule = self.make_rule(filter_domain=f"[('parent_id', '=', {partner.id})]")
        partner.with_user(user).unlink()
        self.assertTrue(rule.paused)

    def test_resuming_forgets_the_reason(self):
        rule = self.make_rule()
        rule._pause_because("Because.")
        self.assertEqual(rule.pause_reason, "Because.")
        rule.action_resume()
        self.assertEqual((rule.paused, rule.pause_reason), (False, False))

    def test_reference_that_leads_nowhere_pauses_and_does_not_block(self):
        """The user saves; the rule is paused when the transaction is over, by whatever end."""
        tag = self.env["res.partner.category"].create({"name": "A"})
        data = self.env["ir.model.data"].create(
            {
                "name": "tag_a",
                "module": "base_automation_ext",
                "model": tag._name,
                "res_id": tag.id,
            }
        )
        rule = self.make_rule(
            filter_domain="[('category_id', '=', ref('base_automation_ext.tag_a').id)]",
            fields=["function"],
        )
        partner = self.make_partners(1)
        partner.with_context(automation_skip=True).ref = False
        data.unlink()
        with self.assertLogs("odoo.addons.base_automation_ext", "WARNING"):
            partner.function = "saved"
        self.assertEqual((partner.function, partner.ref), ("saved", False))
        self.assertFalse(rule.paused)
        after_commit = self.env.cr.postcommit._funcs[-1]
        self.assertEqual(after_commit, self.env.cr.postrollback._funcs[-1])
        self.env.flush_all()
        with self.enter_registry_test_mode():
            after_commit()
        self.env.invalidate_all()
        self.assert_told(rule, self.env.ref("base.user_admin"), "base_automation_ext.tag_a")

    def test_rule_that_was_corrected_meanwhile_is_not_paused(self):
        """A pause that comes late looks whether the filter is still the one that failed."""
        rule = self.make_rule(filter_domain="[('color', '=', 1)]")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            _pause_in_own_transaction(self.registry, rule.id, "Because.", ["another", False, False])
        self.env.invalidate_all()
        self.assertFalse(rule.paused)

    def test_broken_rule_is_left_out_of_the_index(self):
        """A filter on a field that has gone some other way keeps nobody from saving."""
        rule = self.make_rule(fields=["function"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation SET filter_domain = %s WHERE id = %s",
            ["[('nothing', '=', 1)]", rule.id],
        )
        self.env.invalidate_all()
        rule._index_changed()
        partner = self.make_partners(1)
        partner.with_context(automation_skip=True).ref = False
        partner.function = "saved"
        self.assertFalse(partner.ref)
        self.assertEqual(rule._broken_filter()[0], "filter_domain")
