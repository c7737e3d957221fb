"""Type ``sms``: what is sent to whom, over which gateway, and where it is shown."""

from odoo.tests import tagged

from odoo.addons.server_action_engine.tests.common import EngineCase

from .. import _disarm_actions, _stop_messages
from .common import MOBILE, GatewayCase
from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestTypeSms(SmsTypeCase):
    def test_one_message_for_each_record(self):
        """Number and text are those of the record, and the message waits in Odoo's own queue."""
        action = self.new_sms()
        messages = self.messages_of(action, self.partners)
        self.assertEqual(messages.mapped("body"), [f"Hello Partner {n}" for n in range(4)])
        self.assertEqual(messages.mapped("number"), [f"+3247012340{n}" for n in range(4)])
        self.assertEqual(set(messages.mapped("state")), {"outgoing"})
        self.assertEqual(messages.partner_id, self.partners)
        self.assertEqual(messages.mapped("res_id"), self.partners.ids)
        self.assertEqual(set(messages.mapped("res_model")), {"res.partner"})
        self.assertEqual(messages.company_id, self.env.company)
        self.assertFalse(messages.gateway_id or messages.mail_message_id)
        self.assertEqual(len(set(messages.mapped("uuid"))), 4)
        self.assertEqual(self.last_run(action).state, "done")
        self.assertIn("SMS written to the queue: 4, in parts: 4.", self.told(action))

    def test_the_queue_is_woken_once(self):
        """Messages do not wait for the hourly run of the queue."""
        queue = self.env.ref("sms.ir_cron_sms_scheduler_action")
        triggers = [("cron_id", "=", queue.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        self.messages_of(self.new_sms(), self.partners)
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), before + 1)

    def test_text_with_both_kinds_of_marks(self):
        """[[ ]] and {{ }} are the same; line ends of Windows become the short ones."""
        action = self.new_sms(sms_text="[[ object.name ]]\r\n{{ object.ref ||| no reference }}")
        self.assertEqual(self.messages_of(action).body, "Partner 0\nno reference")

    def test_text_of_a_template(self):
        """The template gives the text; what is filled in gives the rest."""
        action = self.new_sms(sms_text=False, sms_template_id=self.new_template().id)
        self.assertFalse(action.warning)
        messages = self.messages_of(action, self.partners[:2])
        self.assertEqual(messages.mapped("body"), ["Hi Partner 0", "Hi Partner 1"])

    def test_any_model_with_or_without_messages(self):
        """A model that knows nothing of SMS can be written about too, in every language."""
        action = self.new_sms(
            model_id=self.env["ir.model"]._get_id("res.country"), sms_to="+32470999999"
        )
        self.env["res.lang"]._activate_lang("de_DE")
        for lang in ("en_US", "de_DE"):
            self.env.invalidate_all()
            self.assertFalse(action.with_context(lang=lang).warning, lang)
        self.assertIn(action.model_id, action.available_model_ids)
        message = self.messages_of(action, self.belgium)
        self.assertEqual((message.body, message.number), ("Hello Belgium", "+32470999999"))
        self.assertEqual((message.res_model, message.res_id), ("res.country", self.belgium.id))

    def test_without_a_record(self):
        """A schedule starts it without records: it writes one SMS to fixed numbers."""
        action = self.new_sms(sms_to="+32470999999", sms_text="Good morning")
        message = self.messages_of(action, self.partners.browse())
        self.assertEqual((message.body, message.res_id), ("Good morning", 0))

    def test_the_gateway_of_the_action(self):
        """It is tried first; without one the queue chooses by number and company."""
        gateway = self.new_gateway()
        action = self.new_sms(sms_gateway_id=gateway.id)
        self.assertEqual(self.messages_of(action).gateway_id, gateway)

    def test_only_a_gateway_beside_the_template(self):
        """Whatever is set beside the template: number and contact are those stock finds."""
        gateway = self.new_gateway()
        action = self.new_sms(
            sms_to=False,
            sms_text=False,
            sms_template_id=self.new_template().id,
            sms_gateway_id=gateway.id,
        )
        message = self.messages_of(action)
        self.assertEqual((message.gateway_id, message.body), (gateway, "Hi Partner 0"))
        self.assertEqual((message.number, message.partner_id), ("+32470123400", self.partner))

    def test_sender(self):
        """Names, short codes and numbers can be senders, also from fields."""
        for written, stored in (
            ("Odoo", "Odoo"),
            ("8585", "8585"),
            ("0470 99 99 99", "+32470999999"),
            ("[[ object.ref ]]", "Shop 12"),
        ):
            self.partner.ref = "Shop 12"
            with self.subTest(written):
                action = self.new_sms(sms_sender=written)
                self.assertFalse(action.warning)
                self.assertEqual(self.messages_of(action).sender, stored)

    def test_conditions_tasks_and_dry_runs(self):
        """What every type can do: leave records out, wait for a task, and only be tried."""
        action = self.new_sms(condition="record.color > 1")
        self.assertEqual(len(self.messages_of(action, self.partners)), 2)
        action.execution = "task"
        self.assertFalse(self.messages_of(action, self.partners))
        self.assertTrue(self.env["server.action.task"].search([("action_id", "=", action.id)]))
        action.execution = "now"
        before = self.env["sms.sms"].search_count([])
        report = action._dry_run(self.partners)
        outgoing = [(item["kind"], item["title"]) for item in report["outgoing"]]
        self.assertEqual(outgoing, [("sms", "Hello Partner 2"), ("sms", "Hello Partner 3")])
        self.assertEqual(self.env["sms.sms"].search_count([]), before)

    def test_names_and_sentences(self):
        """The action is called after its text, unless a template names it."""
        action = self.new_sms()
        self.assertEqual(action._generate_action_name(), "SMS: Hello [[ object.name ]]")
        action.sms_template_id = self.new_template()
        self.assertEqual(action._generate_action_name(), "Send Greeting")

    def test_it_is_disarmed_before_the_addon_goes(self):
        """Stock would send to other people, or nothing at all: it becomes commented code."""
        ours, stock = self.new_sms(), self.new_sms(sms_to=False, sms_text=False)
        stock.sms_template_id = self.new_template()
        _disarm_actions(self.env)
        self.assertEqual((ours.state, stock.state), ("code", "sms"))
        self.assertIn("not installed any more", ours.code)

    def test_what_waits_for_a_gateway_does_not_leave_by_stock_when_the_addon_goes(self):
        """Nor does what may have left already; what stock has to send stays."""
        gateway = self.env["sms.gateway"].create({"name": "Test", "kind": "memory"})
        values = {"number": "+31612345678", "body": "Hi"}
        waiting, gone, stock = self.env["sms.sms"].create(
            [{**values, "gateway_id": gateway.id}, values, values]
        )
        self.env["sms.message"]._parcels_of(gone)
        _stop_messages(self.env)
        states = (waiting + gone + stock).mapped("state")
        self.assertEqual(states, ["error", "error", "outgoing"])


@tagged("post_install", "-at_install")
class TestSmsChatter(SmsTypeCase):
    def test_with_a_note(self):
        """The note stands among the messages of the record and shows what becomes of the SMS."""
        messages = self.messages_of(self.new_sms(sms_method="comment"), self.partners[:2])
        note = messages[0].mail_message_id
        self.assertIn(note, self.partner.message_ids)
        self.assertEqual(
            (note.message_type, note.subtype_id), ("sms", self.env.ref("mail.mt_note"))
        )
        self.assertIn("Hello Partner 0", note.body)
        self.assertEqual(note.record_company_id, self.env.company)
        shown = note.notification_ids
        self.assertEqual(
            (shown.notification_type, shown.notification_status, shown.sms_number),
            ("sms", "ready", "+32470123400"),
        )
        self.assertEqual(shown.sms_tracker_ids.sms_uuid, messages[0].uuid)
        messages[0]._update_sms_state_and_trackers("pending")
        self.assertEqual(shown.notification_status, "pending")

    def test_only_noted(self):
        """“Note only” does what it says: nothing is sent."""
        action = self.new_sms(sms_method="note")
        self.assertFalse(self.messages_of(action, self.partners[:2]))
        self.assertIn("Hello Partner 0", self.partner.message_ids[0].body)
        self.assertIn("SMS noted, not sent: 2.", self.told(action))

    def test_one_note_for_equal_texts(self):
        """Several numbers that get the same text are one note, with an outcome each."""
        self.partner.ref = "0470999999"
        action = self.new_sms(sms_method="comment", sms_to="phone, object.ref")
        messages = self.messages_of(action, self.partners[:2])
        self.assertEqual(len(messages), 3)
        note = messages.mail_message_id.filtered(lambda one: one.res_id == self.partner.id)
        self.assertEqual(len(note), 1)
        self.assertEqual(len(note.notification_ids), 2)

    def test_a_note_for_each_language(self):
        """Texts in two languages are two notes."""
        self.env["res.lang"]._activate_lang("de_DE")
        child = self.partners[1]
        (self.partners[1:3]).parent_id = self.partner
        child.lang = "de_DE"
        action = self.new_sms(sms_method="comment", sms_to="child_ids", sms_text="Hello")
        action.with_context(lang="de_DE").sms_text = "Hallo"
        messages = self.messages_of(action)
        self.assertEqual(sorted(messages.mapped("body")), ["Hallo", "Hello"])
        for message in messages:
            self.assertIn(message.body, message.mail_message_id.body)
            self.assertEqual(message.mail_message_id.res_id, self.partner.id)

    def test_models_without_messages_have_no_notes(self):
        """The note is left out, and a note only is refused before it runs."""
        country = self.env["ir.model"]._get_id("res.country")
        action = self.new_sms(model_id=country, sms_to="+32470999999", sms_method="comment")
        self.assertFalse(self.messages_of(action, self.belgium).mail_message_id)
        action.sms_method = "note"
        self.assertIn("has no messages to note the SMS among", action.warning)


@tagged("post_install", "-at_install")
class TestStockSms(SmsTypeCase):
    """An action with a template and nothing else is stock's."""

    def stock_action(self, **values):
        values = {"sms_to": False, "sms_text": False, "sms_method": "sms", **values}
        return self.new_sms(sms_template_id=self.new_template().id, **values)

    def test_bad_numbers_are_rows_that_say_so(self):
        """Stock makes a cancelled message of a missing number, and of a repeated one."""
        self.partners[1].phone = False
        self.partners[2].phone = self.partner.phone
        messages = self.messages_of(self.stock_action(), self.partners)
        self.assertEqual(
            messages.mapped("failure_type"),
            [False, "sms_number_missing", "sms_duplicate", False],
        )

    def test_no_template_does_nothing(self):
        """As stock: an action without a template is silent, not wrong."""
        action = self.stock_action()
        action.sms_template_id = False
        self.assertFalse(action.warning)
        self.assertFalse(self.messages_of(action))

    def test_stock_warning_stays(self):
        """Without our settings a model without messages is still refused."""
        action = self.stock_action(model_id=self.env["ir.model"]._get_id("res.country"))
        self.assertIn("mail.thread", action.warning)

    def test_always_as_system(self):
        """Stock's action takes no notice of other rights; ours does."""
        action = self.stock_action(run_as="trigger_user")
        self.assertIn("always run as system", action.warning)
        action.sms_to = "phone"
        self.assertFalse(action.warning)


@tagged("post_install", "-at_install")
class TestSmsOnItsWay(GatewayCase):
    """From the action through Odoo's queue to the gateway."""

    def test_what_the_action_says_arrives_at_the_gateway(self):
        """Sender, text and number; the message knows its record, company and run."""
        partner = self.env["res.partner"].create({"name": "Ann", "phone": MOBILE})
        action = self.env["ir.actions.server"].create(
            {
                "name": "Reminder",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "sms",
                "sms_to": "phone",
                "sms_text": "Dear [[ object.name ]]",
                "sms_sender": "Dentist",
                "sms_gateway_id": self.gateway.id,
            }
        )
        EngineCase.run_on(action, partner)
        self.env.cr.flush()  # As the commit before the queue does: it writes the run.
        sms = self.env["sms.sms"].search([("partner_id", "=", partner.id)])
        self.run_queue()
        (sent,) = self.gateway._memory().sent
        self.assertEqual((sent.to.value, sent.text), (MOBILE, "Dear Ann"))
        self.assertEqual(sent.sender.value, "Dentist")
        message = self.message_of(sms)
        self.assertEqual(message.sender, "Dentist")
        self.assertEqual((message.res_model, message.res_id), ("res.partner", partner.id))
        self.assertEqual(message.company_id, self.company)
        self.assertEqual(message.run_id.action_id, action)
        self.assertEqual(message.state, "accepted")
