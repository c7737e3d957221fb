"""Type ``dummy``: messages in the run and in the log."""

import logging

from odoo.tests import Form, TransactionCase, tagged

from ..core.frames import state_of

LOGGER = "odoo.addons.server_action_engine.models.ir_actions_server_dummy"


@tagged("post_install", "-at_install")
class TestTypeDummy(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create([{"name": "Ada"}, {"name": "Charles"}])
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Note",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "dummy",
                "dummy_message": "Seen [[ object.name ]]",
            }
        )

    def _run(self, records):
        return self.action.with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()

    def test_message_of_each_record_is_logged(self):
        """Each record's merged message is written to the server log, the result is False."""
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.assertIs(self._run(self.partners), False)
        self.assertEqual(
            [record.getMessage().split(": ", 1)[1] for record in logs.records],
            ["Seen Ada", "Seen Charles"],
        )

    def test_messages_go_to_the_step(self):
        """The step of a surrounding run receives the messages."""
        multi = self.env["ir.actions.server"].create(
            {
                "name": "Outer",
                "model_id": self.action.model_id.id,
                "state": "multi",
                "child_ids": [(6, 0, self.action.ids)],
            }
        )
        seen = []
        state = state_of(self.env.cr)
        push = state.push
        self.patch(state, "push", lambda frame: (seen.append(frame), push(frame)))
        with self.assertLogs(LOGGER, logging.INFO):
            multi.with_context(active_model="res.partner", active_ids=self.partners.ids).run()
        self.assertEqual([frame.path for frame in seen], ["", "multi/0"])
        self.assertEqual(seen[1].messages, ["Seen Ada", "Seen Charles"])

    def test_plain_message_is_logged_once(self):
        """A message without expressions says nothing more for more records."""
        self.action.dummy_message = "Was here"
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self._run(self.partners)
        self.assertEqual(len(logs.records), 1)

    def test_long_batches_are_counted_instead_of_listed(self):
        """After a hundred messages the rest is a number."""
        many = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(103)])
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self._run(many)
        self.assertEqual(len(logs.records), 101)
        self.assertIn("3 more", logs.records[-1].getMessage())

    def test_without_records_the_message_is_logged(self):
        """A scheduled dummy action has no record and still logs."""
        self.action.dummy_message = "Count: [[ 1 + 1 ]]"
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            self.action.run()
        self.assertIn("Count: 2", logs.records[0].getMessage())

    def test_wrong_message_is_a_warning_in_the_form(self):
        """A template that cannot work is reported when it is written."""
        self.action.dummy_message = "[[ 1 + ]]"
        self.assertIn("1 +", self.action.warning)

    def test_name_follows_the_message(self):
        """An action that was given no name is named after its message."""
        with Form(self.env["ir.actions.server"]) as form:
            form.model_id = self.action.model_id
            form.state = "dummy"
            form.dummy_message = "Hello"
            self.assertEqual(form.name, "Log “Hello”")
