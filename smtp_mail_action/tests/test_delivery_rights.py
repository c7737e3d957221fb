"""Who sees deliveries, and who may change their course."""

import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.server_action_engine.models.document_owned import NEW_MODELS

from .delivery_case import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryRights(DeliveryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "delivery_reader", groups="base.group_user")
        cls.own = cls.reader.partner_id
        # System parameters are no business of an ordinary employee.
        cls.secret = cls.env["ir.config_parameter"].create({"key": "delivery", "value": "x"})

    def setUp(self):
        super().setUp()
        mails = self.write_mail("a@example.com", model="res.partner", res_id=self.own.id)
        mails += self.write_mail("b@example.com", model=self.secret._name, res_id=self.secret.id)
        mails += self.write_mail("c@example.com")
        self.deliver(mails)
        self.all = self.env["mail.mail.delivery"].search([("mail_number", "in", mails.ids)])

    def test_a_reader_sees_those_of_documents_they_may_read(self):
        found = self.env["mail.mail.delivery"].with_user(self.reader).search([])
        self.assertEqual(found.mapped("address"), ["a@example.com"])
        self.assertEqual(found.state, "sent")
        deliveries = found.browse()
        self.assertEqual(deliveries._read_group([], ["address"]), [("a@example.com",)])
        self.assertEqual(deliveries.name_search("example"), [(found.id, "a@example.com")])
        others = (self.all - found.sudo()).with_user(self.reader)
        for other in others:
            with self.assertRaises(AccessError):
                other.read(["address"])

    def test_archived_documents_count(self):
        contact = self.env["res.partner"].create({"name": "Old", "active": False})
        self.deliver(self.write_mail("old@example.com", model="res.partner", res_id=contact.id))
        found = self.env["mail.mail.delivery"].with_user(self.reader).search([])
        self.assertEqual(found.mapped("address"), ["old@example.com", "a@example.com"])

    def test_a_removed_document_hides_its_deliveries(self):
        contact = self.env["res.partner"].create({"name": "Gone"})
        self.deliver(self.write_mail("gone@example.com", model="res.partner", res_id=contact.id))
        deliveries = self.env["mail.mail.delivery"].with_user(self.reader)
        self.assertEqual(deliveries.search_count([("address", "=", "gone@example.com")]), 1)
        contact.unlink()
        self.assertEqual(deliveries.search_count([("address", "=", "gone@example.com")]), 0)

    def test_open_pages_hear_of_the_first_email_of_a_model(self):
        """Once, and of models only: their forms ask for the number then."""
        bus = self.env["bus.bus"].sudo()
        told = []
        for number in range(2):
            self.deliver(self.write_mail(f"{number}@example.com", model="res.country", res_id=1))
            self.env.cr.precommit.run()
            found = bus.search([("message", "like", NEW_MODELS)])
            told.append([json.loads(one.message)["payload"] for one in found])
            found.unlink()
        self.assertIn({"rows": "mail.mail.delivery", "models": ["res.country"]}, told[0])
        self.assertEqual(told[1], [])

    def test_what_is_in_the_queue_is_not_deleted(self):
        """Whoever has the e-mail already would get it again."""
        self.transport.replies = {"late@example.com": "450 4.7.1 Greylisted"}
        mail = self.write_mail("here@example.com, late@example.com")
        self.deliver(mail)
        found = mail.delivery_ids
        self.assertEqual(mail.state, "outgoing")
        self.env["ir.config_parameter"].set_param("smtp_mail_action.delivery_retention_days", 1)
        found.settled_at = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        found._gc_settled_deliveries()
        with self.assertRaises(UserError):
            found.with_user(self.env.ref("base.user_admin")).unlink()
        self.transport.replies = {}
        found.due_at = False
        self.deliver(mail)
        got = [one for letter in self.transport.delivered for one in letter.recipients]
        self.assertEqual(got.count("here@example.com"), 1)
        self.assertEqual(mail.state, "sent")
        found.with_user(self.env.ref("base.user_admin")).unlink()

    def test_rules_of_the_document_decide(self):
        self.env["ir.rule"].create(
            {
                "name": "Not my own",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.own.id})]",
            }
        )
        found = self.env["mail.mail.delivery"].with_user(self.reader).search([])
        self.assertFalse(found)

    def test_rows_about_rows_are_for_administrators(self):
        """A rule that tells of refused e-mails writes about deliveries."""
        own = self.all.filtered(lambda one: one.res_id == self.own.id)
        self.deliver(self.write_mail("boss@example.com", model=own._name, res_id=own.id))
        deliveries = self.env["mail.mail.delivery"]
        about_row = deliveries.search([("model", "=", own._name)])
        self.assertEqual(about_row.address, "boss@example.com")
        found = deliveries.with_user(self.reader).search([])
        self.assertEqual(found.mapped("address"), ["a@example.com"])
        with self.assertRaises(AccessError):
            about_row.with_user(self.reader).read(["address"])

    def test_how_many_there_are_about_a_document(self):
        """The button of its form: whoever may read the document is told."""
        deliveries = self.env["mail.mail.delivery"]
        for user, about_own, about_secret in ((self.reader, 1, 0), (self.env.user, 1, 1)):
            seen = deliveries.with_user(user)
            self.assertEqual(seen.count_about("res.partner", self.own.id), about_own)
            self.assertEqual(seen.count_about(self.secret._name, self.secret.id), about_secret)
            self.assertEqual(seen.count_about("no.such.model", 1), 0)
        stranger = new_test_user(self.env, "delivery_stranger", groups="base.group_portal")
        own = stranger.partner_id
        self.deliver(self.write_mail("own@example.com", model=own._name, res_id=own.id))
        self.assertEqual(deliveries.count_about(own._name, own.id), 1)
        self.assertEqual(deliveries.with_user(stranger).count_about(own._name, own.id), 0)

    def test_documents_whose_search_looks_at_each_are_few(self):
        """Activities decide record by record who reads them: only those written about do."""
        hidden = self.env["res.partner"].create({"name": "Hidden"})
        partner_model = self.env["ir.model"]._get_id("res.partner")
        self.env["ir.rule"].create(
            {
                "name": "Not the hidden one",
                "model_id": partner_model,
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        readable, other, secret = self.env["mail.activity"].create(
            [
                {"res_model_id": partner_model, "res_id": partner.id, "user_id": user.id}
                for partner, user in (
                    (self.own, self.reader),
                    (self.own, self.reader),
                    (hidden, self.env.user),
                )
            ]
        )
        for activity in readable + secret:
            to = f"{activity.id}@example.com"
            self.deliver(self.write_mail(to, model=activity._name, res_id=activity.id))
        deliveries = self.env["mail.mail.delivery"].with_user(self.reader)
        query = deliveries._search([("model", "=", "mail.activity")])
        looked_at = {
            number
            for given in query.select().params
            if isinstance(given, tuple)
            for number in given
        }
        self.assertIn(readable.id, looked_at)
        self.assertNotIn(other.id, looked_at)
        self.assertEqual(deliveries.browse(query).mapped("res_id"), readable.ids)

    def test_statements_do_not_grow_with_rows(self):
        """A list of 80 among many is read as one of a few."""
        deliveries = self.env["mail.mail.delivery"].with_user(self.reader)
        template = self.all.filtered(lambda one: one.res_id == self.own.id)
        deliveries.search([])  # rights and rules are known from now on
        few = self.statements(lambda: deliveries.search([], limit=80))
        self.env.cr.execute(
            """
            INSERT INTO mail_mail_delivery (model, res_id, address, state)
            SELECT model, res_id, 'many@example.com', state
              FROM mail_mail_delivery, generate_series(1, 3000) WHERE id = %s
            """,
            [template.id],
        )
        self.env.invalidate_all()
        many = self.statements(lambda: deliveries.search([], limit=80))
        self.assertEqual(many, few)
        self.assertEqual(len(deliveries.search([], limit=80)), 80)

    def statements(self, function):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_reader_changes_nothing(self):
        delivery = self.all.filtered(lambda one: one.res_id == self.own.id)
        for call in ("action_resend", "action_mark_sent", "_resend"):
            with self.assertRaises(AccessError):
                getattr(delivery.with_user(self.reader), call)()
        with self.assertRaises(AccessError):
            self.env["smtp.account"].with_user(self.reader).search([])

    def test_administrators_see_all(self):
        admin = new_test_user(self.env, "delivery_admin", groups="base.group_system")
        found = self.env["mail.mail.delivery"].with_user(admin).browse(self.all.ids)
        self.assertEqual(len(found.filtered_domain([("state", "=", "sent")])), 3)

    def test_the_deliveries_of_a_record(self):
        deliveries = self.env["mail.mail.delivery"].with_user(self.reader)
        action = deliveries.action_open_deliveries_of("res.partner", self.own.id)
        self.assertEqual(deliveries.search(action["domain"]).address, "a@example.com")
        with self.assertRaises(AccessError):
            deliveries.action_open_deliveries_of(self.secret._name, self.secret.id)
