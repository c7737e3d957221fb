"""Stock's trigger “On webhook”: the filter of the rule, and what the caller is told."""

import json
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.trigger_webhook import CALL_KEY, Call
from .common import RuleCase


@tagged("post_install", "-at_install")
class TestWebhook(RuleCase, HttpCase):
    def hook(self, **vals):
        return self.make_rule(
            trigger="on_webhook",
            **{
                "record_getter": "model.browse(payload['ids'])",
                "filter_domain": "[('function', '=', 'wanted')]",
                **vals,
            },
        )

    def call(self, rule, partners):
        """Call the address of a rule; return the answer."""
        self.env.flush_all()
        headers = {"Content-Type": "application/json"}
        data = json.dumps({"ids": partners.ids})
        response = self.url_open(f"/web/hook/{rule.webhook_uuid}", data=data, headers=headers)
        self.env.invalidate_all()
        self.assertEqual(response.status_code, 200)
        return response.json()

    def test_filter_is_asked(self):
        """A call about another record does nothing, and the answer says why."""
        rule = self.hook()
        wanted, other = self.make_partners(1, function="wanted"), self.make_partners(1)
        self.assertEqual(self.call(rule, wanted), {"status": "ok"})
        self.assertEqual(wanted.ref, "hit")
        answer = self.call(rule, other)
        self.assertEqual(answer["status"], "ignored")
        self.assertEqual(answer["reason"], "The record does not match the filter of the rule.")
        self.assertFalse(other.ref)

    def test_some_of_several_records(self):
        """The rule runs on those that match; the answer tells of the others."""
        rule = self.hook()
        partners = self.make_partners(2, function="wanted") + self.make_partners(3)
        answer = self.call(rule, partners)
        self.assertEqual(answer["status"], "ok")
        self.assertIn("Left out 3 of 5 records: The record does not match", answer["reason"])
        self.assertEqual(partners.mapped("ref"), ["hit"] * 2 + [False] * 3)

    def test_record_of_another_model(self):
        """A call may name any record; a filter of contacts fits no country."""
        rule = self.hook(record_getter="env['res.country'].search([], limit=1)")
        self.assertEqual(self.call(rule, self.make_partners(1))["status"], "ignored")

    def test_rules_from_before_ignore_it(self):
        """What was there when the addon came is filled with no default, and works as before."""
        rule = self.hook()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation SET webhook_filter = NULL WHERE id = %s", [rule.id]
        )
        rule._init_column("webhook_filter")
        rule.invalidate_recordset()
        self.assertFalse(rule.can_filter_after)
        other = self.make_partners(1)
        self.assertEqual(self.call(rule, other), {"status": "ok"})
        self.assertEqual(other.ref, "hit")

    def test_reasons(self):
        """Limits, scope, pauses: each is told."""
        group = self.env["res.groups"].create({"name": "Nobody"})
        for vals, said in (
            ({"paused": True}, "is paused"),
            ({"only_group_ids": [(6, 0, group.ids)]}, "not meant for this user"),
            ({"unique_key": "'always'"}, "same value of “Once For”"),
        ):
            with self.subTest(said):
                rule = self.hook(**vals)
                first, second = self.make_partners(2, function="wanted")
                self.call(rule, first)
                answer = self.call(rule, second)
                self.assertEqual(answer["status"], "ignored")
                self.assertIn(said, answer["reason"])
                self.assertFalse(second.ref)

    def test_all_rules_paused(self):
        rule = self.hook()
        self.env["ir.config_parameter"].set_param("base_automation_ext.paused", "True")
        answer = self.call(rule, self.make_partners(1, function="wanted"))
        self.assertIn("All rules of this database are paused", answer["reason"])

    @mute_logger("odoo.addons.base_automation.models.base_automation")
    def test_conflict_of_two_calls(self):
        """Another transaction was faster: noted, so that the call is tried again."""
        rule, call = self.hook(), Call()
        payload = {"ids": self.make_partners(1, function="wanted").ids}
        conflict = SerializationFailure("could not serialize access")
        with (
            patch.object(type(rule), "_records_of_call", side_effect=conflict),
            self.assertRaises(SerializationFailure),
        ):
            rule.with_context(**{CALL_KEY: call})._execute_webhook(payload)
        self.assertIs(call.conflict, conflict)

    def test_what_a_call_causes_is_no_call(self):
        """Another rule that runs because of it answers nobody, and its own filter decides."""
        rule = self.hook()
        self.make_rule(
            self.code("record.write({'color': 3})"),
            trigger="on_update",
            fields=["ref"],
            filter_domain="[('ref', '=', 'hit')]",
        )
        partner = self.make_partners(1, function="wanted")
        self.assertEqual(self.call(rule, partner), {"status": "ok"})
        self.assertEqual(partner.color, 3)

    def test_form(self):
        """The filter stands in the form, where Odoo hides it."""
        rule = self.hook()
        self.assertTrue(rule.can_filter_after)
        rule.webhook_filter = False
        self.assertFalse(rule.can_filter_after)
