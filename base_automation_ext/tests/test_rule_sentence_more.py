"""Rules that no change of the record itself starts, in plain words and explained."""

from odoo.tests import tagged

from .common import RuleCase

END = "set the reference to “hit”."


@tagged("post_install", "-at_install")
class TestSentencesOfOtherTriggers(RuleCase):
    def assertSaid(self, expected, **vals):
        self.assertEqual(self.make_rule(vals.pop("action", None), **vals).sentence, expected)

    def test_schedule(self):
        plan = {"trigger": "on_schedule", "schedule_tz": "UTC", "schedule_kind": "weekly"}
        plan["schedule_monday"] = True
        self.assertSaid(f"Every Monday at 08:00 (UTC), for a contact, {END}", **plan)
        self.assertSaid(
            f"Every Monday at 08:00 (UTC), {END}",
            **plan,
            schedule_without_records=True,
            filter_domain="[('email', '!=', False)]",
        )

    def test_button(self):
        """What hides the button is a condition."""
        self.assertSaid(
            f"When somebody presses “Go” on a contact, if “Email” is not empty, then {END}",
            trigger="on_button",
            button_label="Go",
            button_domain="[('email', '!=', False)]",
        )

    def test_activities(self):
        kinds = self.env["mail.activity.type"].create([{"name": "Ring up"}, {"name": "Visit"}])
        types = [(6, 0, kinds.ids)]
        self.assertSaid(
            f"When an activity is planned on a contact, {END}",
            trigger="on_activity_created",
        )
        for trigger, event in (("done", "done"), ("overdue", "overdue")):
            self.assertSaid(
                f"When “Ring up” or “Visit” on a contact is {event}, {END}",
                trigger=f"on_activity_{trigger}",
                trigger_activity_type_ids=types,
            )

    def test_messages(self):
        for trigger, start in (
            ("on_mail_in", "When a message from outside arrives on a contact"),
            ("on_mail_out", "When a message to somebody outside leaves from a contact"),
        ):
            self.assertSaid(f"{start}, {END}", trigger=trigger)

    def test_failures(self):
        action = self.code("pass")
        for trigger, model, start in (
            ("on_action_failed", "server.action.run", "When an action has failed, "),
            ("on_task_dead", "server.action.task", "When a background task has failed for good, "),
        ):
            rule = self.make_rule(action, trigger=trigger, model=model)
            self.assertTrue(rule.sentence.startswith(start), rule.sentence)

    def test_explained(self):
        """The condition of the button says no, the others are asked as well."""
        rule = self.make_rule(trigger="on_button", button_domain="[('function', '=', 'boss')]")
        partner = self.make_partners(1, function="clerk")
        verdicts = {label: verdict for label, verdict, _reason in rule._explain_steps(partner)}
        self.assertEqual(verdicts["Button is shown"], "no")
        partner.function = "boss"
        verdicts = {label: verdict for label, verdict, _reason in rule._explain_steps(partner)}
        self.assertEqual(verdicts["Button is shown"], "yes")
