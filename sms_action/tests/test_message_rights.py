"""Who sees messages, and who may change their course."""

import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.server_action_engine.models.document_owned import NEW_MODELS

from ..core.outcome import accepted
from .common import MOBILE, GatewayCase


@tagged("post_install", "-at_install")
class TestMessageRights(GatewayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "sms_reader", groups="base.group_user")

    def announced(self):
        """Return what open pages were told."""
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([("message", "like", NEW_MODELS)])
        told = [json.loads(one.message)["payload"] for one in sent]
        self.assertEqual({json.loads(one.channel)[1] for one in sent} - {"res.groups"}, set())
        sent.unlink()
        return [(one["rows"], one["models"]) for one in told]

    def test_open_pages_hear_of_the_first_message_of_a_model(self):
        """Once, and of models only: their forms ask for the number then."""
        self.env["sms.message"].search([]).unlink()
        self.announced()
        values = {"res_model": "res.partner", "res_id": self.reader.partner_id.id}
        (self.queue(MOBILE, **values) + self.queue(MOBILE)).send()
        self.assertEqual(self.announced(), [("sms.message", ["res.partner"])])
        self.queue(MOBILE, **values).send()
        self.assertEqual(self.announced(), [])

    def messages(self):
        parameter = self.env["ir.config_parameter"].create({"key": "sms", "value": "x"})
        own = self.queue(MOBILE, res_model="res.partner", res_id=self.reader.partner_id.id)
        secret = self.queue(MOBILE, res_model=parameter._name, res_id=parameter.id)
        (own + secret).send()
        return self.message_of(own), self.message_of(secret)

    def test_a_reader_sees_those_of_documents_they_may_read(self):
        own, secret = self.messages()
        found = self.env["sms.message"].with_user(self.reader).search([])
        self.assertEqual(found, own)
        self.assertEqual(found.state, "accepted")
        with self.assertRaises(AccessError):
            secret.with_user(self.reader).read(["text"])
        action = found.action_open_messages_of("res.partner", self.reader.partner_id.id)
        self.assertEqual(found.search(action["domain"]), found)

    def test_statements_do_not_grow_with_rows(self):
        """A list of 80 among many is read as one of a few."""
        own, _secret = self.messages()
        found = self.env["sms.message"].with_user(self.reader)
        found.search([])  # Rights and rules are known from now on.
        few = self.statements(lambda: found.search([], limit=80))
        self.env.cr.execute(
            """
            INSERT INTO sms_message (uuid, number, res_model, res_id, state, queued_at)
            SELECT uuid || copy, number, res_model, res_id, state, queued_at
              FROM sms_message, generate_series(1, 3000) AS copy WHERE id = %s
            """,
            [own.id],
        )
        self.assertEqual(self.statements(lambda: found.search([], limit=80)), few)
        self.assertEqual(len(found.search([], limit=80)), 80)

    def statements(self, function):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def test_a_reader_changes_nothing_and_sees_no_gateway(self):
        own, _secret = self.messages()
        for call in ("action_resend", "action_mark_sent", "_resend"):
            with self.assertRaises(AccessError):
                getattr(own.with_user(self.reader), call)()
        for model in ("sms.gateway", "sms.message.part", "sms.message.report"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.reader).search([])

    def test_a_reader_may_send(self):
        """Whoever may write an SMS need not read gateways."""
        partner = self.env["res.partner"].create({"name": "Ann", "phone": MOBILE})
        self.reader.group_ids += self.env.ref("base.group_partner_manager")
        partner.with_user(self.reader)._message_sms("Hello", partner_ids=partner.ids)
        self.assertEqual(len(self.sent_by(self.gateway)), 1)

    def test_send_again_asks_where_it_may_have_arrived(self):
        self.trouble(self.gateway, "in_doubt", "lost")
        self.trouble(self.gateway, "failed", "refused")
        doubt, refused = self.queue(MOBILE), self.queue(MOBILE)
        doubt.send()
        refused.send()
        both = self.message_of(doubt) + self.message_of(refused)
        action = both.action_resend()
        wizard = self.env["sms.message.resend"].with_context(**action["context"]).create({})
        self.assertEqual([wizard.count, wizard.doubt_count], [2, 1])
        wizard.action_resend_certain()
        self.assertEqual(both.mapped("state"), ["in_doubt", "queued"])
        self.run_queue()
        self.assertEqual(both.mapped("state"), ["in_doubt", "accepted"])
        wizard.action_resend()
        self.run_queue()
        self.assertEqual(both.mapped("state"), ["accepted", "accepted"])

    def test_sent_again_after_odoo_has_deleted_it(self):
        self.gateway._memory().outcomes.append(accepted("1"))
        sms = self.queue(MOBILE)
        sms.send()
        self.report(self.gateway, ("1", "undelivered"))
        message = self.message_of(sms)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM sms_sms WHERE id = %s", [sms.id])
        self.env.invalidate_all()
        message._resend()
        self.run_queue()
        self.assertEqual([message.state, message.attempts], ["accepted", 1])
        self.assertEqual(len(self.sent_by(self.gateway)), 2)

    def test_a_doubt_is_settled_by_a_person(self):
        self.trouble(self.gateway, "in_doubt", "lost")
        sms = self.queue(MOBILE)
        sms.send()
        message = self.message_of(sms)
        message.action_mark_sent()
        self.assertEqual([message.state, sms.state], ["delivered", "sent"])
        for call in ("action_mark_sent", "action_resend"):
            with self.assertRaises(UserError):
                getattr(message, call)()

    def test_what_is_in_the_queue_is_not_deleted(self):
        """Nor the gateway it waits for: it would be sent again, or by somebody else."""
        admin = self.env.ref("base.user_admin")
        self.trouble(self.gateway, "retry", "server")
        waiting, named = self.queue(MOBILE), self.queue(MOBILE, gateway_id=self.elsewhere.id)
        waiting.send()
        message = self.message_of(waiting)
        self.assertEqual([message.state, message.gateway_id], ["queued", self.gateway])
        for record in (message, self.gateway, self.elsewhere):
            with self.assertRaises(UserError):
                record.with_user(admin).unlink()
        named.unlink()
        self.elsewhere.with_user(admin).unlink()
        waiting.state = "canceled"
        self.assertEqual(message.state, "deleted")
        self.gateway.with_user(admin).unlink()
        self.assertFalse(message.gateway_id)
        message.with_user(admin).unlink()

    def test_from_a_run_to_its_messages(self):
        model = self.env["ir.model"]._get_id("res.partner")
        template = self.env["sms.template"].create(
            {"name": "Hello", "model_id": model, "body": "Hello {{ object.name }}"}
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Text hello",
                "model_id": model,
                "state": "sms",
                "sms_template_id": template.id,
                "sms_method": "sms",
            }
        )
        partner = self.env["res.partner"].create({"name": "Ada", "phone": MOBILE})
        action.with_context(
            active_model="res.partner", active_id=partner.id, active_ids=partner.ids
        ).run()
        self.env.cr.precommit.run()
        self.run_queue()
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        message = self.env["sms.message"].search([("partner_id", "=", partner.id)])
        self.assertEqual([message.run_id, run.sms_message_count], [run, 1])
        self.assertEqual(message.text, "Hello Ada")
