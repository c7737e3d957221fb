"""Type ``email``: what is sent to whom, in which language, and where it is shown."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import EmailCase


@tagged("post_install", "-at_install")
class TestTypeEmail(EmailCase):
    def test_one_mail_for_each_record(self):
        """Subject and text are those of the record, and the mail waits in Odoo's own queue."""
        action = self.new_email(email_message="Dear [[ object.name ]],\nyours <truly>")
        mails = self.mails_of(action, self.partners)
        self.assertEqual(mails.mapped("subject"), [f"Hello Partner {n}" for n in range(4)])
        self.assertEqual(mails[0].state, "outgoing")
        self.assertEqual(mails[0].email_to, '"Partner 0" <p0@example.com>')
        self.assertIn("Dear Partner 0,<br/>yours &lt;truly&gt;", mails[0].body_html)
        self.assertEqual(mails[0].email_from, '"OdooBot" <clerk@example.com>')
        self.assertIn("auto-generated", mails[0].headers)
        self.assertEqual(self.last_run(action).state, "done")
        self.assertIn("E-mails written to the queue: 4.", self.told(action))

    def test_the_queue_is_woken_once(self):
        """Mails do not wait for the hourly run of the queue."""
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = [("cron_id", "=", queue.id)]
        before = self.env["ir.cron.trigger"].search_count(triggers)
        self.mails_of(self.new_email(), self.partners)
        self.assertEqual(self.env["ir.cron.trigger"].search_count(triggers), before + 1)

    def test_html_escapes_values_and_keeps_tags(self):
        """The author's tags stay tags; a name that looks like one does not become one."""
        self.partner.name = "<b>Ann</b>"
        action = self.new_email(email_format="html", email_message="<p>[[ object.name ]]</p>")
        self.assertEqual(self.mails_of(action).body_html, "<p>&lt;b&gt;Ann&lt;/b&gt;</p>")

    def test_qweb_and_braces(self):
        """QWeb tags work in the text, braces in the subject."""
        action = self.new_email(
            email_format="qweb",
            email_subject="{{ object.name ||| nobody }}",
            email_message="<p t-if='object.color == 0'>For <t t-out='object.name'/></p>",
        )
        first, second = self.mails_of(action, self.partners[:2])
        self.assertEqual(first.body_html, "<p>For Partner 0</p>")
        self.assertEqual(second.body_html, "")
        self.assertEqual(first.subject, "Partner 0")

    def test_mail_template_gives_what_is_left_empty(self):
        """Subject, text, recipients and sender come from the template; what is filled in wins."""
        template = self.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": self.partner_model.id,
                "subject": "Welcome {{ object.name }}",
                "body_html": "<p>Hi <t t-out='object.name'/></p>",
                "email_from": "welcome@example.com",
                "use_default_to": False,
                "partner_to": "{{ object.id }}",
                "email_cc": "boss@example.com",
            }
        )
        action = self.new_email(email_to=False, email_subject=False, email_template_id=template.id)
        mail = self.mails_of(action)
        self.assertEqual(mail.subject, "Welcome Partner 0")
        self.assertEqual(mail.body_html, "<p>Hi Partner 0</p>")
        self.assertEqual(mail.email_to, '"Partner 0" <p0@example.com>')
        self.assertEqual(mail.email_cc, "boss@example.com")
        self.assertEqual(mail.email_from, "welcome@example.com")
        action.write({"email_subject": "Mine", "email_to": "other@example.com"})
        mail = self.mails_of(action)
        self.assertEqual((mail.subject, mail.email_to), ("Mine", "other@example.com"))

    def test_any_model_with_or_without_messages(self):
        """A model that knows nothing of e-mail can be written about too."""
        country = self.env.ref("base.be")
        action = self.new_email(
            model_id=self.env["ir.model"]._get_id("res.country"), email_to="a@example.com"
        )
        mail = self.mails_of(action, country)
        self.assertEqual(mail.subject, "Hello Belgium")
        self.assertEqual((mail.model, mail.res_id), ("res.country", country.id))

    def test_without_a_record(self):
        """A schedule starts it without records: it writes one e-mail to fixed addresses."""
        action = self.new_email(email_to="a@example.com", email_subject="Good morning")
        mail = self.mails_of(action, self.partners.browse())
        self.assertEqual((mail.subject, mail.res_id), ("Good morning", 0))

    def test_in_the_chatter_or_not(self):
        """The setting decides; the mail knows its record in both cases."""
        shown, hidden = self.new_email(), self.new_email(email_in_chatter=False)
        first, second = self.mails_of(shown), self.mails_of(hidden)
        self.assertIn(first.mail_message_id, self.partner.message_ids)
        self.assertNotIn(second.mail_message_id, self.partner.message_ids)
        self.assertEqual(second.res_id, self.partner.id)

    def test_the_account_of_the_action(self):
        """The mail goes through the chosen account."""
        account = self.env["ir.mail_server"].create({"name": "Ours", "smtp_host": "localhost"})
        self.assertEqual(
            self.mails_of(self.new_email(email_server_id=account.id)).mail_server_id, account
        )

    def test_conditions_tasks_and_dry_runs(self):
        """What every type can do: leave records out, wait for a task, and only be tried."""
        action = self.new_email(condition="record.color > 1")
        self.assertEqual(len(self.mails_of(action, self.partners)), 2)
        action.execution = "task"
        self.assertFalse(self.mails_of(action, self.partners))
        task = self.env["server.action.task"].search([("action_id", "=", action.id)])
        self.assertTrue(task)
        action.execution = "now"
        before = self.env["mail.mail"].search_count([])
        report = action._dry_run(self.partners)
        outgoing = [(item["kind"], item["title"]) for item in report["outgoing"]]
        self.assertEqual(
            outgoing, [("mail", "Hello Partner 2"), ("mail", "Hello Partner 3")], report["outgoing"]
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_the_rights_of_the_chosen_user(self):
        """Fields the user may not read do not end in an e-mail."""
        user = self.env["res.users"].create(
            {
                "name": "Low",
                "login": "low",
                "group_ids": [(6, 0, [self.env.ref("base.group_user").id])],
            }
        )
        action = self.new_email(
            run_as="user",
            run_as_user_id=user.id,
            email_on_error="policy",
            model_id=self.env["ir.model"]._get_id("ir.mail_server"),
            email_to="smtp_user",
        )
        server = self.env["ir.mail_server"].create(
            {"name": "S", "smtp_host": "h", "smtp_user": "secret@example.com"}
        )
        with self.assertRaises(AccessError):
            self.mails_of(action, server)


@tagged("post_install", "-at_install")
class TestEmailLanguages(EmailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german, cls.other_german = cls.partners[2:]
        cls.parent = cls.partners[1]
        (cls.german + cls.other_german + cls.partner).parent_id = cls.parent
        # A contact takes the language of its company when it gets one.
        (cls.german + cls.other_german).lang = "de_DE"

    def translated(self, **values):
        action = self.new_email(email_to="child_ids", email_subject="Hello", **values)
        action.with_context(lang="de_DE").email_subject = "Hallo"
        return action

    def test_each_reader_gets_the_own_language(self):
        """One e-mail per language; those who read the same share it."""
        mails = self.mails_of(self.translated(), self.parent)
        self.assertEqual(
            {mail.subject: mail.email_to for mail in mails},
            {
                "Hello": '"Partner 0" <p0@example.com>',
                "Hallo": '"Partner 2" <p2@example.com>, "Partner 3" <p3@example.com>',
            },
        )

    def test_copies_go_with_the_first(self):
        """A copy is sent once, and shows what the first addressee got."""
        action = self.translated(email_cc="boss@example.com", email_bcc="archive@example.com")
        first, second = self.mails_of(action, self.parent)
        self.assertEqual(first.email_cc, "boss@example.com")
        self.assertEqual(first.email_bcc, "archive@example.com")
        self.assertFalse(second.email_cc or second.email_bcc)

    def test_equal_texts_are_one_mail(self):
        """Languages and time zones that make no difference divide nobody."""
        action = self.new_email(email_to="child_ids", email_subject="Hello")
        self.assertEqual(len(self.mails_of(action, self.parent)), 1)

    def test_written_down_addresses_of_contacts_have_a_language(self):
        """An address of a known contact is written to in that contact's language."""
        action = self.translated()
        action.email_to = "p2@example.com"
        self.assertEqual(self.mails_of(action, self.parent).subject, "Hallo")

    def test_times_are_those_of_the_reader(self):
        """The same moment, as the clocks of two readers show it."""
        self.partner.tz, self.german.tz = "America/New_York", "Europe/Brussels"
        self.german.lang = "en_US"
        action = self.new_email(
            email_to="child_ids",
            email_subject="At [[ datetime.datetime(2026, 1, 1, 12, 0) ]]",
        )
        self.other_german.unlink()
        subjects = self.mails_of(action, self.parent).mapped("subject")
        self.assertIn("7:00", subjects[0].replace("07:00", "7:00"))
        self.assertIn("1:00", subjects[1].replace("01:00", "1:00"))

    def test_separate_mails(self):
        """On request nobody sees the others."""
        action = self.new_email(email_to="child_ids", email_each=True)
        mails = self.mails_of(action, self.parent)
        self.assertEqual([mail.email_to.count("@") for mail in mails], [1, 1, 1])

    def test_templates_follow_the_reader_too(self):
        """The translations of a mail template are chosen per reader."""
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.partner_model.id,
                "subject": "Hello",
                "body_html": "<p/>",
            }
        )
        template.with_context(lang="de_DE").subject = "Hallo"
        action = self.new_email(
            email_to="child_ids", email_subject=False, email_template_id=template.id
        )
        subjects = self.mails_of(action, self.parent).mapped("subject")
        self.assertEqual(sorted(subjects), ["Hallo", "Hello"])

    def test_dates_of_values(self):
        """A date is written the way the reader's language does."""
        action = self.new_email(
            email_to="child_ids", email_subject="[[ datetime.date(2026, 12, 31) ]]"
        )
        subjects = set(self.mails_of(action, self.parent).mapped("subject"))
        self.assertEqual(len(subjects), 2)
        self.assertIn("31.12.2026", subjects)
