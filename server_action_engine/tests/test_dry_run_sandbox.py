import smtplib
import socket
from unittest.mock import patch

from odoo.tests import tagged

from ..core.frames import state_of
from ..models.dry_run_outgoing import NetworkBlockedError, network_blocked
from ..models.dry_run_recorder import Recorder
from ..models.dry_run_sandbox import sandbox
from .test_dry_run import DryRunCase

QUEUES = ("precommit", "postcommit", "prerollback", "postrollback")


@tagged("post_install", "-at_install")
class TestNothingLeaves(DryRunCase):
    def queues(self):
        cr = self.env.cr
        return [(list(getattr(cr, name)._funcs), dict(getattr(cr, name).data)) for name in QUEUES]

    def test_mails_are_listed_and_not_sent(self):
        """With subject and recipients, also when the code sends them at once."""
        action = self.new_action(
            "code",
            code="env['mail.mail'].create({'subject': 'Hello', 'body_html': 'x', "
            "'email_to': 'joe@example.com'}).send()",
        )
        report = self.dry_run(action, self.partner)
        [mail] = self.sent(report, "mail")
        self.assertEqual((mail["title"], mail["detail"]), ("Hello", "joe@example.com"))
        self.assertFalse(self.env["mail.mail"].search([("subject", "=", "Hello")]))

    def test_a_mail_sent_past_the_queue_is_listed(self):
        """The mail server's own method is asked, not its socket."""
        server = self.env["ir.mail_server"]
        message = server._build_email__("a@example.com", ["b@example.com"], "Direct", "x")
        recorder = Recorder()
        with sandbox(self.env, recorder):
            self.assertIsNone(server._connect__(host="127.0.0.1", port=9))
            server.send_email(message)
        [mail] = recorder.outgoing
        self.assertEqual((mail["title"], mail["detail"]), ("Direct", "b@example.com"))

    def test_messages_in_the_chatter_are_listed(self):
        """A posted message is undone, its text and record are shown."""
        action = self.new_action("code", code="record.message_post(body='Well done')")
        [message] = self.sent(self.dry_run(action, self.partner), "message")
        self.assertEqual((message["title"], message["detail"]), ("Well done", "Partner 0"))

    def test_webhooks_are_listed_and_dropped(self):
        """With address and content; neither sent nor complained about."""
        action = self.new_action(
            "webhook",
            webhook_url="http://hook.example.com/x?token=hunter2",
            webhook_field_ids=[(6, 0, self.field("name").ids)],
        )
        self.env.flush_all()
        before = self.queues()
        report = self.dry_run(action, self.partner)
        [hook] = self.sent(report, "webhook")
        self.assertEqual(hook["title"], "http://hook.example.com/x?token=•••")
        self.assertIn("Partner 0", hook["detail"])
        self.assertEqual(self.queues(), before)

    def test_work_after_the_commit_is_listed_and_dropped(self):
        """Whatever the action registered; what waited before waits on."""
        ran = []
        cr = self.env.cr
        cr.postcommit.add(lambda: ran.append("the caller's"))
        cr.postcommit.data["test"] = ["kept"]
        cr.precommit.add(lambda: ran.append("too early"))
        action = self.new_action("code", code="env.cr.postcommit.add(env.flush_all)")
        self.env.flush_all()
        before = self.queues()
        report = self.dry_run(action, self.partner)
        self.assertEqual([item["kind"] for item in report["outgoing"]], ["callback"])
        self.assertEqual(self.queues(), before)
        self.assertEqual(ran, [])
        self.assertTrue(any("waits for the commit" in text for text in report["warnings"]))

    def test_pending_changes_of_the_caller_survive(self):
        """What was not flushed before the dry run is neither shown nor lost."""
        self.partner.ref = "pending"
        report = self.dry_run(self.new_action("code", code="x = 1"), self.partner)
        self.assertEqual(report["changed"], [])
        self.assertEqual(self.partner.ref, "pending")

    def test_caches_know_nothing_of_the_dry_run(self):
        """Record caches and the process's caches answer as before."""
        get_param = self.env["ir.config_parameter"].get_param
        self.env["ir.config_parameter"].set_param("test.dry_run", "real")
        self.assertEqual(get_param("test.dry_run"), "real")
        invalidated = set(self.env.registry.cache_invalidated)
        action = self.new_action(
            "code",
            code="env['ir.config_parameter'].set_param('test.dry_run', 'dry')\n"
            "env['ir.config_parameter'].get_param('test.dry_run')\n"
            "record.write({'ref': 'dry'})",
        )
        self.dry_run(action, self.partner)
        self.assertEqual(get_param("test.dry_run"), "real")
        self.assertFalse(self.partner.ref)
        self.assertEqual(self.env.registry.cache_invalidated, invalidated)

    def test_a_commit_inside_does_not_commit(self):
        """It is treated as a flush, and the report says so."""
        action = self.new_action("code", code="record.write({'ref': 'dry'})\nenv.cr.commit()")
        report = self.dry_run(action, self.partner)
        self.assertEqual(self.values(report, self.partner), {"ref": (None, "dry")})
        self.assertTrue(any("commits in between" in text for text in report["warnings"]))
        self.assertFalse(self.partner.ref)
        self.assertNotIn("sandbox", self.env.cr.commit.__module__)

    def test_a_rollback_inside_is_an_error(self):
        """It would end the savepoint the caller relies on."""
        self.partner.ref = "kept"
        action = self.new_action("code", code="env.cr.rollback()")
        report = self.dry_run(action, self.partner)
        self.assertIn("cannot simulate", report["error"]["message"])
        self.assertEqual(self.partner.ref, "kept")

    def test_the_engine_is_as_before(self):
        """No frame, origin or recorder stays behind, whatever happened."""
        state = state_of(self.env.cr)
        for code in ("x = 1", "raise UserError('no')"):
            self.dry_run(self.new_action("code", code=code), self.partner)
            self.assertIs(state_of(self.env.cr), state)
            self.assertIsNone(state.dry_run)
            self.assertEqual(state.stack, [])

    def test_background_actions_show_what_the_task_would_do(self):
        """No task is made; the report says that reality takes its time."""
        action = self.new_action("object_write", update_path="ref", value="later", execution="task")
        report = self.dry_run(action, self.partner)
        self.assertEqual(self.values(report, self.partner), {"ref": (None, "later")})
        self.assertTrue(any("background" in text for text in report["warnings"]))

    def test_tasks_of_parts_are_listed(self):
        """A part that runs in the background is a task that would be made."""
        child = self.new_action("object_write", update_path="ref", value="x", execution="task")
        action = self.new_action("multi", child_ids=[(6, 0, child.ids)])
        report = self.dry_run(action, self.partner)
        self.assertEqual(len(self.sent(report, "task")), 1)
        self.assertFalse(self.env["server.action.task"].search([("action_id", "=", child.id)]))

    def test_code_with_a_connection_of_its_own_is_warned_about(self):
        """Its effects cannot be undone from here."""
        action = self.new_action("code", code="if False:\n    env.registry.cursor()")
        report = self.dry_run(action, self.partner)
        self.assertTrue(any("connections of its own" in text for text in report["warnings"]))

    def test_connections_opened_below_the_code_are_listed(self):
        """Whoever opens one, in whatever method the action leads to; who is said."""

        def write_elsewhere(partner):
            with partner.env.registry.cursor() as cr:
                cr.execute("SELECT 1")
            partner.ref = "dry"

        self.startPatcher(
            patch.object(type(self.partner), "open_something", write_elsewhere, create=True)
        )
        opened = self.env.registry.cursor
        action = self.new_action("code", code="record.open_something()")
        report = self.dry_run(action, self.partner)
        self.assertIn("write_elsewhere", " ".join(report["warnings"]))
        self.assertEqual(self.values(report, self.partner), {"ref": (None, "dry")})
        self.assertEqual(self.env.registry.cursor, opened)
        quiet = self.new_action("object_write", update_path="ref", value="x")
        self.assertFalse(self.dry_run(quiet, self.partner)["warnings"])


@tagged("post_install", "-at_install")
class TestNetwork(DryRunCase):
    def test_connections_are_refused_and_listed(self):
        """Whichever library makes them; the address is in the report."""
        recorder = Recorder()
        with network_blocked(recorder):
            with self.assertRaises(NetworkBlockedError):
                socket.create_connection(("127.0.0.1", 9), timeout=1)
            with self.assertRaises(NetworkBlockedError):
                socket.create_connection(("sms.example.com", 443), timeout=1)
            with self.assertRaises(NetworkBlockedError):
                smtplib.SMTP("127.0.0.1", 9, timeout=1)
        self.assertEqual(
            [item["title"] for item in recorder.outgoing],
            ["127.0.0.1:9", "sms.example.com:443", "127.0.0.1:9"],
        )

    def test_the_network_is_open_again_afterwards(self):
        """A connection made after a dry run reaches its server."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            with network_blocked(Recorder()), self.assertRaises(NetworkBlockedError):
                socket.create_connection(server.getsockname(), timeout=1)
            with socket.create_connection(server.getsockname(), timeout=1) as client:
                self.assertEqual(client.getpeername(), server.getsockname())


@tagged("post_install", "-at_install")
class TestSequences(DryRunCase):
    def new_sequence(self, **values):
        return self.env["ir.sequence"].create(
            {"name": "Dry", "prefix": "D", "padding": 3, **values}
        )

    def take(self, sequence, count=2):
        """Return the numbers a dry run gives out."""
        action = self.new_action(
            "code",
            code=f"s = env['ir.sequence'].browse({sequence.id})\n"
            f"record.write({{'ref': ' '.join(s.next_by_id() for _i in range({count}))}})",
        )
        return self.values(self.dry_run(action, self.partner), self.partner)["ref"][1]

    def test_numbers_are_predicted_and_not_consumed(self):
        """Two in a row differ, and the next real one is the first of them."""
        for implementation in ("standard", "no_gap"):
            with self.subTest(implementation=implementation):
                sequence = self.new_sequence(implementation=implementation, number_increment=5)
                self.assertEqual(sequence.next_by_id(), "D001")
                self.assertEqual(self.take(sequence), "D006 D011")
                self.assertEqual(self.take(sequence), "D006 D011")
                self.assertEqual(sequence.next_by_id(), "D006")

    def test_a_sequence_never_used_before(self):
        """The first number of all is predicted as well."""
        sequence = self.new_sequence()
        self.assertEqual(self.take(sequence), "D001 D002")
        self.assertEqual(sequence.next_by_id(), "D001")

    def test_sequences_with_date_ranges(self):
        """Each range counts by itself; a range made by the dry run is undone."""
        sequence = self.new_sequence(use_date_range=True)
        self.assertEqual(self.take(sequence), "D001 D002")
        self.assertFalse(sequence.date_range_ids)
        self.assertEqual(sequence.next_by_id(), "D001")
        self.assertEqual(self.take(sequence), "D002 D003")
        self.assertEqual(sequence.next_by_id(), "D002")

    def test_a_sequence_changed_by_the_dry_run(self):
        """After a new start is set, numbers follow it, and the change is undone."""
        sequence = self.new_sequence()
        action = self.new_action(
            "code",
            code=f"s = env['ir.sequence'].browse({sequence.id})\n"
            "first = s.next_by_id()\ns.write({'number_next': 40})\n"
            "record.write({'ref': first + ' ' + s.next_by_id()})",
        )
        values = self.values(self.dry_run(action, self.partner), self.partner)
        self.assertEqual(values["ref"][1], "D001 D040")
        self.assertEqual(sequence.next_by_id(), "D001")
