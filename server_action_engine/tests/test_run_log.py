from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.frames import DONE, FAILED, ISOLATED, SKIPPED, Frame
from .common import EngineCase


class RunLogCase(EngineCase):
    """Frames by hand, and the runs they become."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["server.action.run"]
        cls.logged_action = cls.new_action("code", code="x = 1")

    def new_frame(self, **values):
        """Build a finished frame of an action on the test's partners."""
        return Frame(
            **{
                "action_id": self.logged_action.id,
                "action_name": "Logged",
                "action_type": "code",
                "model": "res.partner",
                "record_ids": self.partners.ids,
                "record_count": len(self.partners),
                "started": datetime(2026, 11, 22, 10, 0),
                "duration_ms": 12.5,
                "sql_count": 3,
                "state": DONE,
                **values,
            }
        )

    def record(self, frame=None, **trigger):
        """Log a frame and return the run."""
        return self.Run.browse(self.Run._record(frame or self.new_frame(), trigger))

    def runs_of(self, action):
        return self.Run.search([("action_id", "=", action.id)])


@tagged("post_install", "-at_install")
class TestRunLog(RunLogCase):
    def test_an_execution_leaves_one_run_with_its_step(self):
        """What ran, on what, for whom, and how it ended."""
        action = self.new_action("code", name="Paint", code="records.write({'color': 7})")
        self.run_on(action, self.partners)
        run = self.runs_of(action)
        self.assertEqual(len(run), 1)
        self.assertEqual((run.action_name, run.action_type, run.state), ("Paint", "code", "done"))
        self.assertEqual((run.trigger_kind, run.user_id), ("manual", self.env.user))
        self.assertEqual(run.company_id, self.env.company)
        self.assertEqual((run.model, run.record_ids), ("res.partner", self.partners.ids))
        self.assertEqual((run.record_count, run.step_count), (4, 1))
        self.assertGreater(run.duration_ms, 0)
        self.assertEqual((run.step_ids.path, run.step_ids.depth), ("", 0))

    def test_left_out_records_and_the_reason_are_told(self):
        """A condition that refuses records says how many and which condition it was."""
        action = self.new_action("code", code="x = 1", condition="record.color > 2")
        self.run_on(action, self.partners)
        run = self.runs_of(action)
        self.assertEqual((run.state, run.records_left_out), ("done", 3))
        self.assertEqual(run.condition_text, "record.color > 2")
        self.assertIn("3 of 4", run.reason)
        self.run_on(action, self.partners[:1])
        self.assertEqual(self.runs_of(action)[0].state, "skipped")

    def test_the_level_says_which_executions_are_kept(self):
        """None, those with failures, or all; the failure is one that the policy isolates."""
        fine, failing = "x = 1", "if record.color == 2: raise UserError('no twos')\nrecord.name"
        for level, code, kept in (
            ("off", fine, 0),
            ("off", failing, 0),
            ("failures", fine, 0),
            ("failures", failing, 1),
            ("all", fine, 1),
            (False, fine, 1),
        ):
            with self.subTest(level=level, code=code):
                action = self.new_action("code", code=code, log_level=level, on_error="isolate")
                self.run_on(action, self.partners)
                self.assertEqual(len(self.runs_of(action)), kept)

    def test_steps_know_their_place_in_the_tree(self):
        """Path, parent path and depth of nested actions."""
        leaf = self.new_frame(path="multi/2/loop/0", action_type="dummy")
        middle = self.new_frame(path="multi/2", action_type="loop", children=[leaf])
        run = self.record(self.new_frame(action_type="multi", children=[middle]))
        self.assertEqual(run.step_ids.mapped("path"), ["", "multi/2", "multi/2/loop/0"])
        self.assertEqual(run.step_ids.mapped("parent_path"), [False, "", "multi/2"])
        self.assertEqual(run.step_ids.mapped("depth"), [0, 1, 2])
        self.assertEqual([step["depth"] for step in run.timeline], [0, 1, 2])

    def test_a_failed_part_makes_the_run_partly_done(self):
        """A run that went on although one step failed is neither done nor failed."""
        child = self.new_frame(path="multi/0", state=ISOLATED, error_type="UserError")
        self.assertEqual(self.record(self.new_frame(children=[child])).state, "partly")
        self.assertEqual(self.record(self.new_frame(state=SKIPPED)).state, "skipped")

    def test_origin_of_a_run_is_kept(self):
        """The rule, schedule or task that started a run can be read and opened."""
        run = self.record(
            kind="automation", model="res.partner", id=self.partner.id, name="My rule"
        )
        self.assertEqual((run.trigger_kind, run.origin_name), ("automation", "My rule"))
        self.assertEqual(run.action_open_origin()["res_id"], self.partner.id)
        self.assertEqual(self.record(kind="telepathy").trigger_kind, "other")

    def test_a_run_costs_one_statement_however_many_steps_it_has(self):
        """The run and all its steps are written together."""
        children = [self.new_frame(path=f"loop/{number}") for number in range(100)]
        frame = self.new_frame(children=children)
        with self.assertQueryCount(1):
            self.Run._record(frame, {})

    def test_too_many_steps_are_cut_but_the_failed_one_stays(self):
        """The log of a loop over thousands of records stays readable."""
        children = [self.new_frame(path=f"loop/{number}") for number in range(900)]
        children[-1].state, children[-1].error_type = FAILED, "ValueError"
        run = self.record(self.new_frame(children=children))
        self.assertEqual(run.step_count, 901)
        self.assertEqual(len(run.step_ids), 501)
        self.assertEqual(run.step_ids[-1].error_type, "ValueError")

    def test_a_run_never_writes_on_the_action(self):
        """Each write on ``ir.actions.server`` empties a cache in every worker."""
        action = self.new_action("code", code="x = 1")
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin FROM ir_act_server WHERE id = %s", [action.id])
        before = self.env.cr.fetchone()
        self.run_on(action, self.partners)
        self.env.flush_all()
        self.env.cr.execute("SELECT xmin FROM ir_act_server WHERE id = %s", [action.id])
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_deleting_an_action_keeps_its_runs(self):
        """The history stays readable by the name the action had."""
        action = self.new_action("code", name="Gone soon", code="x = 1")
        self.run_on(action, self.partner)
        run = self.runs_of(action)
        action.unlink()
        self.assertFalse(run.action_id)
        self.assertFalse(run.step_ids.action_id)
        self.assertEqual(run.action_name, "Gone soon")

    def test_what_changed_is_shown_with_the_labels_of_the_fields(self):
        """The timeline speaks the language of the form, not of the database."""
        frame = self.new_frame(
            values={"ref": {"before": "a", "after": "b"}, "color": "4"},
            messages=["info: hello"],
            created=[("res.partner", self.partner.id)],
        )
        [step] = self.record(frame).timeline
        self.assertEqual(
            step["values"][0],
            {
                "name": "ref",
                "label": "Reference",
                "has_before": True,
                "before": "a",
                "after": "b",
            },
        )
        self.assertFalse(step["values"][1]["has_before"])
        self.assertEqual(step["values"][1]["after"], "4")
        self.assertEqual(step["messages"], ["info: hello"])
        self.assertEqual(step["created"][0]["id"], self.partner.id)

    def test_a_log_that_cannot_describe_the_run_does_not_break_it(self):
        """The log is never worth an error of its own."""
        frame = self.new_frame(record_ids=[object()])
        with self.assertLogs("odoo.addons.server_action_engine", "WARNING"):
            self.assertFalse(self.Run._record(frame, {}))

    def test_smart_button_counts_runs_and_failures(self):
        """The action's form tells how often it ran and how often that went wrong."""
        self.record()
        self.record(self.new_frame(state=ISOLATED))
        self.assertEqual(self.logged_action.run_count, 2)
        self.assertEqual(self.logged_action.run_trouble_count, 1)
        action = self.logged_action.action_open_runs()
        self.assertEqual(len(self.Run.search(action["domain"])), 2)

    def test_titles_say_whose_runs_they_are(self):
        """The web client shows ``display_name`` in its breadcrumbs, and ``name`` only without."""
        for window, name in (
            (self.logged_action.action_open_runs(), self.logged_action.name),
            (self.Run.action_open_runs_of("res.partner", self.partner.id), self.partner.name),
        ):
            self.assertIn(name, window["display_name"])
            self.assertEqual(window["name"], window["display_name"])
        window = self.Run.action_open_runs_from("ir.cron", 1)
        self.assertEqual(window["display_name"], "Runs")

    def test_each_run_has_a_name_of_its_own(self):
        """Runs of one action can be told apart, and one whose action had no name has one."""
        run, other = self.record(), self.record()
        self.assertEqual(run.display_name, f"{run.action_name} #{run.id}")
        self.assertNotEqual(run.display_name, other.display_name)
        nameless = self.record(self.new_frame(action_name=""))
        self.assertEqual(nameless.display_name, f"Run #{nameless.id}")

    def test_runs_of_a_record_are_found(self):
        """By the record's id, also in a batch, and not by that of another model."""
        run = self.record()
        other = self.record(self.new_frame(record_ids=[self.partners[1].id]))
        action = self.Run.action_open_runs_of("res.partner", self.partner.id)
        self.assertEqual(self.Run.search(action["domain"]), run)
        action = self.Run.action_open_runs_of("res.partner", self.partners[1].id)
        self.assertEqual(self.Run.search(action["domain"]), run | other)
        self.assertFalse(
            self.Run.search([("model", "=", "res.users"), ("record_id", "=", self.partner.id)])
        )

    def test_records_of_a_run_can_be_opened(self):
        """One in its form, several as a list, none left as a clear message."""
        action = self.record().action_open_records()
        self.assertEqual(action["domain"], [("id", "in", self.partners.ids)])
        run = self.record(self.new_frame(record_ids=[self.partner.id]))
        self.assertEqual(run.action_open_records()["res_id"], self.partner.id)
        run = self.record(self.new_frame(record_ids=[]))
        with self.assertRaisesRegex(UserError, "do not exist any more"):
            run.action_open_records()


@tagged("post_install", "-at_install")
class TestRunLogSecurity(RunLogCase):
    SECRET = "hunter2-swordfish"

    def dump(self, run):
        """Return everything the database holds about a run, as text."""
        self.env.cr.execute(
            "SELECT r::text || coalesce(string_agg(s::text, ''), '') FROM server_action_run r "
            "LEFT JOIN server_action_step s ON s.run_id = r.id WHERE r.id = %s GROUP BY r.id",
            [run.id],
        )
        return self.env.cr.fetchone()[0]

    def test_values_of_secret_fields_are_never_stored(self):
        """Restricted fields, passwords by name, binaries, and paths that lead through them."""
        frame = self.new_frame(
            model="res.users",
            values={
                "password": self.SECRET,
                "new_password": {"before": self.SECRET, "after": self.SECRET},
                "image_1920": self.SECRET,
                "x_api_token": self.SECRET,
                "partner_id.signup_type": self.SECRET,
                "login": "joe",
            },
        )
        run = self.record(frame)
        self.assertNotIn(self.SECRET, self.dump(run))
        self.assertEqual(run.step_ids.changed_values["login"], "joe")
        self.assertEqual(run.step_ids.changed_values["password"], "•••")

    def test_secrets_in_free_text_are_scrubbed(self):
        """Messages, reasons, results, errors and tracebacks."""
        text = f"password={self.SECRET} and token: '{self.SECRET}'"
        frame = self.new_frame(
            messages=[text],
            reason=text,
            condition_text=text,
            result=text,
            error_type="ValueError",
            error_message=text,
            traceback=f"Traceback\n{text}\nDETAIL:  Failing row contains (1, {self.SECRET}).",
        )
        self.assertNotIn(self.SECRET, self.dump(self.record(frame, name=text)))

    def test_a_failing_row_of_a_real_constraint_is_not_stored(self):
        """PostgreSQL quotes the whole row in its error, whatever it holds."""
        action = self.new_action(
            "code",
            code='env.cr.execute("UPDATE res_users SET login = NULL, password = '
            f"'{self.SECRET}' WHERE id = %s\", [uid])",
            on_error="isolate",
        )
        with self.assertLogs("odoo.sql_db", "ERROR"):
            self.run_on(action, self.partner)
        run = self.runs_of(action)
        self.assertEqual(run.state, "isolated")
        dump = self.dump(run).replace(action.code, "")
        self.assertIn("Failing row contains (•••)", dump)
        self.assertNotIn(f", {self.SECRET}", dump)

    def test_ordinary_users_cannot_read_the_log(self):
        """Neither runs nor steps, nor the way to those of a record they may read."""
        run = self.record()
        user = new_test_user(self.env, "run_log_reader", "base.group_user")
        for records in (run, run.step_ids):
            with self.assertRaises(AccessError):
                records.with_user(user).read(["action_name"])
            with self.assertRaises(AccessError):
                records.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.Run.with_user(user).action_open_runs_of("res.partner", self.partner.id)
        with self.assertRaises(AccessError):
            self.Run.with_user(user)._erase_traces("res.partner", self.partner.ids)

    def test_administrators_read_but_do_not_change_the_log(self):
        """Read-only for everybody, in superuser mode too."""
        run = self.record()
        admin = new_test_user(self.env, "run_log_admin", "base.group_system")
        for records in (run, run.step_ids):
            seen = records.with_user(admin)
            self.assertEqual(seen.mapped("action_name"), ["Logged"])
            with self.assertRaises(AccessError):
                seen.unlink()
            for attempt in (seen, records.sudo()):
                with self.assertRaises(UserError):
                    attempt.write({"action_name": "Forged"})
                with self.assertRaises(UserError):
                    attempt.create({"action_name": "Forged"})
