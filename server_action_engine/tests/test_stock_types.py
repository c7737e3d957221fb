from unittest.mock import patch

import requests

from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install")
class TestStockTypes(EngineCase):
    def queries(self, action, records):
        """Return the number of SQL statements a warm run takes."""
        self.run_on(action, records[:1])
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.run_on(action, records)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_activities_of_a_batch_are_created_together(self):
        """The number of statements does not depend on the number of records."""
        action = self.new_action(
            "next_activity",
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            activity_summary="Call",
            activity_user_type="specific",
            activity_user_id=self.env.uid,
        )
        many = self.partners.create([{"name": str(number)} for number in range(30)])
        few = self.partners.create([{"name": str(number)} for number in range(10)])
        self.assertLess(self.queries(action, many), self.queries(action, few) + 10)
        self.assertEqual(len(many.activity_ids), 31)

    def test_activity_user_of_one_record_does_not_leak_to_the_next(self):
        """A record without a responsible user gets none from the record before it."""
        user = self.env["res.users"].create({"name": "Sales", "login": "sales_leak"})
        self.partners[1].user_id = user
        action = self.new_action(
            "next_activity",
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            activity_user_type="generic",
            activity_user_field_name="user_id",
        )
        self.run_on(action, self.partners[:3])
        self.assertEqual(self.partners[1].activity_ids.user_id, user)
        self.assertNotIn(user, self.partners[0].activity_ids.user_id)
        self.assertNotIn(user, self.partners[2].activity_ids.user_id)

    def test_activity_user_may_be_found_by_a_path(self):
        """The form offers fields of related records; they count."""
        user = self.env["res.users"].create({"name": "Sales", "login": "sales_path"})
        self.partners[0].user_id = user
        self.partners[1].parent_id = self.partners[0]
        action = self.new_action(
            "next_activity",
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
            activity_user_type="generic",
            activity_user_field_name="parent_id.user_id",
        )
        self.run_on(action, self.partners[1:3])
        self.assertEqual(self.partners[1].activity_ids.user_id, user)
        self.assertNotIn(user, self.partners[2].activity_ids.user_id)

    def _follow(self, state):
        """Run a follower action on all partners, each with its parent in the path."""
        followers = self.partners.create([{"name": f"Follower {number}"} for number in range(2)])
        self.partners[0].parent_id = self.partners[1].parent_id = followers[0]
        self.partners[2].parent_id = followers[1]
        if state == "remove_followers":
            self.partners.message_subscribe(followers.ids)
        action = self.new_action(
            state,
            followers_type="generic",
            followers_partner_field_name="parent_id",
        )
        self.run_on(action, self.partners)
        return [
            [partner.name for partner in followers if partner in record.message_partner_ids]
            for record in self.partners
        ]

    def test_each_record_gets_the_followers_of_its_own(self):
        """Those of one record of a batch do not follow the others."""
        self.assertEqual(
            self._follow("followers"), [["Follower 0"], ["Follower 0"], ["Follower 1"], []]
        )

    def test_each_record_loses_the_followers_of_its_own(self):
        """Those of one record of a batch still follow the others."""
        both = ["Follower 0", "Follower 1"]
        self.assertEqual(
            self._follow("remove_followers"), [["Follower 1"], ["Follower 1"], ["Follower 0"], both]
        )

    def test_emails_of_a_batch_are_rendered_together(self):
        """One e-mail per record, with far fewer statements than records."""
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.partner_model.id,
                "subject": "Hello {{ object.name }}",
                "email_to": "{{ object.id }}@example.com",
                "body_html": "<p>Hi</p>",
            }
        )
        action = self.new_action("mail_post", template_id=template.id, mail_post_method="email")
        many = self.partners.create([{"name": str(number)} for number in range(40)])
        self.assertLess(self.queries(action, many), 80)
        mails = self.env["mail.mail"].search([("model", "=", "res.partner")])
        subjects = mails.filtered(lambda mail: mail.res_id in many.ids).mapped("subject")
        self.assertEqual(set(subjects), {f"Hello {partner.name}" for partner in many})

    def test_webhooks_of_a_batch_are_sent_one_by_one_after_the_commit(self):
        """Every record has its own call with its own values; nothing leaves before."""
        sent = []

        def post(url, data, **kwargs):
            sent.append(data)
            response = requests.Response()
            response.status_code = 200
            return response

        action = self.new_action(
            "webhook",
            webhook_url="http://example.com/hook",
            webhook_field_ids=[(4, self.field("name").id)],
        )
        with patch.object(requests, "post", post):
            self.run_on(action, self.partners)
            self.assertFalse(sent)
            self.env.cr.postcommit.run()
        self.assertEqual(len(sent), 4)
        for partner, payload in zip(self.partners, sent, strict=True):
            self.assertIn(f'"name": "{partner.name}"', payload)
