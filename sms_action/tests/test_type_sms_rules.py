"""SMS actions in automation rules."""

from odoo.tests import tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase


@tagged("post_install", "-at_install")
class TestSmsRules(RuleCase):
    def rule(self, text, **values):
        action = {"state": "sms", "sms_to": "phone", "sms_text": text}
        return self.make_rule(action, fields=["function"], **{"trigger": "on_write", **values})

    def messages(self, partners):
        queue = self.env["sms.sms"].search([("partner_id", "in", partners.ids)], order="id")
        return queue.mapped("body")

    def test_old_values_in_the_text(self):
        """The text may name what was there before the change."""
        self.rule("[[ old.function ]] is now [[ object.function ]]")
        partners = self.make_partners(2, function="clerk", phone="+32470123456")
        partners[1].function = "chef"
        partners.write({"function": "boss"})
        self.assertEqual(
            self.messages(partners), ["clerk is now chef", "clerk is now boss", "chef is now boss"]
        )

    def test_old_values_are_kept_for_later(self):
        """Rules that wait keep them only for texts that name them."""
        named = self.rule("[[ old.function ]]").action_server_ids
        plain = self.rule("[[ object.function ]]").action_server_ids
        self.assertTrue(named._compare_old_values())
        self.assertFalse(plain._compare_old_values())

    def test_the_sentence_of_the_rule(self):
        """The rule says what it sends."""
        rule = self.rule("Dear [[ object.name ]]")
        self.assertIn("send the text message “Dear [[ object.name ]]”", rule.sentence)

    def test_models_offered_to_a_rule(self):
        """The action of a rule is on the model of the rule, which need not have messages."""
        country = self.env["ir.model"]._get("res.country")
        rule = self.make_rule(
            {"state": "sms", "sms_to": "+32470123456", "sms_text": "Hi"}, model="res.country"
        )
        action = rule.action_server_ids
        self.assertEqual(action.available_model_ids, country)
        self.assertFalse(action.warning)
