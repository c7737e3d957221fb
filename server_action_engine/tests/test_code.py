from unittest.mock import patch

from psycopg2 import errors as pg_errors

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger, safe_eval

from ..core.errors import BudgetExceededError, ExpressionError
from ..core.expression import UNSAFE_ATTRIBUTES
from .common import EngineCase


@tagged("post_install", "-at_install")
class TestCode(EngineCase):
    def test_code_naming_record_runs_once_per_record(self):
        """Code that names ``record`` only is given each record in turn."""
        action = self.new_action("code", code="record.write({'ref': 'seen %s' % record.color})")
        self.assertEqual(action.code_scope, "record")
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), ["seen 0", "seen 1", "seen 2", "seen 3"])

    def test_code_naming_records_runs_once_for_the_batch(self):
        """Code that names ``records`` is run once, with all of them."""
        action = self.new_action("code", code="records.write({'ref': str(len(records))})")
        self.assertEqual(action.code_scope, "batch")
        self.run_on(action, self.partners)
        self.assertEqual(set(self.partners.mapped("ref")), {"4"})

    def test_empty_scope_behaves_as_stock(self):
        """Without a scope the code runs once and ``record`` is the first record."""
        action = self.new_action("code", code="record.write({'ref': 'x'})", code_scope=False)
        self.run_on(action, self.partners)
        self.assertEqual(self.partners.mapped("ref"), ["x", False, False, False])

    def test_first_action_set_is_the_result(self):
        """In record scope the first ``action`` a record sets is returned."""
        action = self.new_action(
            "code", code="if record.color > 1: action = {'type': 'x', 'color': record.color}"
        )
        self.assertEqual(self.run_on(action, self.partners), {"type": "x", "color": 2})

    def test_active_id_follows_the_record(self):
        """Code that reads the context sees the active record, also through other models."""
        action = self.new_action(
            "code",
            code="record.write({'ref': '%s %s %s' % (env.context['active_id'], "
            "record.env.context['active_ids'], env['res.users'].env.context['active_id'])})",
        )
        self.run_on(action, self.partners)
        for partner in self.partners:
            self.assertEqual(partner.ref, f"{partner.id} [{partner.id}] {partner.id}")

    def test_per_record_code_makes_no_environment_per_record(self):
        """The number of environments does not grow with the number of records."""
        for code in ("record.write({'ref': 'x'})", "env['res.partner'].browse(record.id).ref = 1"):
            code = code.replace(".ref = 1", ".write({'ref': 'y'})")
            action = self.new_action("code", code=code)
            self.run_on(action, self.partners)
            before = len(self.env.transaction.envs)
            self.run_on(action, self.partners + self.partners.create([{"name": "n"}] * 40))
            self.assertLess(len(self.env.transaction.envs) - before, 20)

    def test_environments_of_a_batch_go_away_with_it(self):
        """A transaction that runs many batches does not collect environments."""
        action = self.new_action("code", code="record.write({'ref': env.user.name})")
        self.run_on(action, self.partners)
        before = len(self.env.transaction.envs)
        for _number in range(20):
            self.run_on(action, self.partners)
        # Odoo's tracking of changes holds on to the records it was told of until then.
        self.env.cr.flush()
        self.assertLess(len(self.env.transaction.envs), before + 10)

    def test_error_names_action_line_and_cause_without_the_source(self):
        """The message points at the line; the rest of the source is not shown."""
        action = self.new_action("code", code="secret = 'hunter2'\nrecord.no_such_method()")
        with self.assertRaises(ExpressionError) as caught:
            self.run_on(action, self.partner)
        message = str(caught.exception)
        self.assertIn("Test action", message)
        self.assertIn("line 2", message)
        self.assertIn("AttributeError", message)
        self.assertNotIn("hunter2", message)

    def test_user_errors_and_lock_errors_pass_untouched(self):
        """Errors raised on purpose, and those Odoo retries, keep their type."""
        action = self.new_action("code", code="raise Warning('Stop ' + object.name)")
        with self.assertRaisesRegex(UserError, "Stop Partner 0"):
            self.run_on(action, self.partner)
        action.code = (
            "env.cr.execute(\"DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE='40001'; END$$\")"
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(pg_errors.SerializationFailure),
            self.env.cr.savepoint(),
        ):
            self.run_on(action, self.partner)

    def test_format_strings_cannot_walk_attributes(self):
        """Attributes starting with an underscore stay out of reach of format strings."""
        for code in (
            "raise UserError('{0._cls}'.format(record))",
            "raise UserError(('{0.__cl' + 'ass__}').format(record))",
            "raise UserError('{r.env.cr._cnx}'.format_map({'r': record}))",
            "x = [f for f in map(str.format, ['{0._ids}'], [record])]",
            "f = 'a {0[_x]}'.format\nf({'_x': 1})",
            "raise UserError('{0.gi_frame.f_builtins}'.format(n for n in [1]))",
        ):
            action = self.new_action("code", code=code)
            with self.assertRaisesRegex(ExpressionError, "underscore"):
                self.run_on(action, self.partner)

    def test_format_strings_know_what_odoo_refuses(self):
        """Whatever name Odoo refuses in code is out of reach of format strings, too."""
        refused = {name for name in safe_eval._UNSAFE_ATTRIBUTES if not name.startswith("_")}
        self.assertEqual(refused - UNSAFE_ATTRIBUTES, set())

    def test_code_calls_methods_with_the_record_as_the_active_one(self):
        """A method that reads the context finds its own record there, as it does under a rule."""

        def note_active(partner):
            context = partner.env.context
            partner.write({"ref": f"{context['active_id']} of {context['active_ids']}"})

        self.startPatcher(patch.object(type(self.partner), "note_active", note_active, create=True))
        action = self.new_action("code", code="record.note_active()")
        self.run_on(action, self.partners)
        self.assertEqual(
            self.partners.mapped("ref"),
            [f"{record.id} of [{record.id}]" for record in self.partners],
        )

    def test_format_strings_work_as_usual(self):
        """Ordinary formatting is not affected."""
        action = self.new_action(
            "code", code="record.write({'ref': '{0.name:>12}|{n:05.1f}'.format(record, n=2)})"
        )
        self.run_on(action, self.partner)
        self.assertEqual(self.partner.ref, "   Partner 0|002.0")

    def test_endless_code_is_stopped(self):
        """Code that uses up its wall-clock budget is stopped, even if it swallows errors."""
        self.env["ir.config_parameter"].set_param("server_action_engine.code_budget_seconds", "0.2")
        for code in (
            "while True: pass",
            "while True:\n  try:\n    x = 1\n  except Exception:\n    x = 2",
            "env.cr.execute('SELECT pg_sleep(20)')",
        ):
            action = self.new_action("code", code=code)
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(BudgetExceededError, "stopped after 0.2 seconds"),
                self.env.cr.savepoint(),
            ):
                self.run_on(action, self.partner)

    def test_stopping_a_statement_leaves_the_connection_as_it_was(self):
        """What follows in the transaction has the time limit it had before, and runs."""
        self.env["ir.config_parameter"].set_param("server_action_engine.code_budget_seconds", "0.2")
        self.env.cr.execute("SET LOCAL statement_timeout = '50s'")
        action = self.new_action("code", code="env.cr.execute('SELECT pg_sleep(20)')")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(BudgetExceededError),
            self.env.cr.savepoint(),
        ):
            self.run_on(action, self.partner)
        self.env.cr.execute("SELECT current_setting('statement_timeout'), pg_sleep(0.3)")
        self.assertEqual(self.env.cr.fetchone()[0], "50s")

    def test_a_swallowed_database_error_is_reported(self):
        """Code that catches a database error is told so, instead of breaking what comes next."""
        action = self.new_action(
            "code", code="try:\n  env.cr.execute('SELECT 1 / 0')\nexcept Exception:\n  x = 1"
        )
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(ExpressionError, "caught a database error"),
            self.env.cr.savepoint(),
        ):
            self.run_on(action, self.partner)

    def test_names_of_openerp_are_available(self):
        """Old code finds the names it was written with."""
        action = self.new_action(
            "code",
            code="p = pool.get('res.partner').browse(ids[0])\n"
            "if not (self == model and obj == object == record and cr == env.cr):\n"
            "    raise UserError('wrong names')\n"
            "object.write({'ref': '%s %s' % (p.name, ref('base.main_company').id)})",
        )
        self.run_on(action, self.partner)
        self.assertEqual(self.partner.ref, f"Partner 0 {self.env.ref('base.main_company').id}")

    def test_every_name_of_the_help_is_available(self):
        """Code may use each name that the form explains."""
        names = (
            "env, model, record, records, object, obj, self, pool, cr, uid, user, ids, context, "
            "time, datetime, dateutil, timezone, ref, log, _logger, Warning, UserError, Command, "
            "json, float_compare, b64encode, b64decode"
        )
        for scope in ("record", "batch"):
            with self.subTest(scope=scope):
                action = self.new_action("code", code=f"x = [{names}]", code_scope=scope)
                self.run_on(action, self.partners)

    def test_writing_code_on_several_actions(self):
        """Code can be set on several actions at once; each keeps its own history."""
        actions = self.new_action("code", code="x = 1") + self.new_action("code", code="x = 2")
        actions.write({"code": "record.name"})
        self.assertEqual(actions.mapped("code_scope"), ["record", "record"])
        history = self.env["ir.actions.server.history"].search([("action_id", "in", actions.ids)])
        self.assertEqual(len(history), 4)

    def test_scope_chosen_by_the_author_survives_an_edit(self):
        """A scope that differs from the default is not overwritten when the code changes."""
        action = self.new_action("code", code="record.name", code_scope="batch")
        action.code = "record.display_name"
        self.assertEqual(action.code_scope, "batch")
        action.code_scope = "record"
        action.code = "records.mapped('name')"
        self.assertEqual(action.code_scope, "batch")
