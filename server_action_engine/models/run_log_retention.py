"""Runs are kept for a while and then removed; traces of a record can be erased at once."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .run_log_buffer import write_waiting

RETENTION_PARAMETER = "server_action_engine.run_retention_days"
DEFAULT_RETENTION_DAYS = 30
#: Runs removed per call; the vacuum cleaner commits in between and calls again.
_CHUNK = 10_000


class ServerActionRun(models.Model):
    _inherit = "server.action.run"

    @api.model
    def _retention_days(self):
        """Return for how many days runs are kept; 0 is for ever."""
        value = self.env["ir.config_parameter"].sudo().get_param(RETENTION_PARAMETER)
        try:
            # A parameter that does not exist is False, which is no number of days.
            return max(0, int(value or ""))
        except ValueError:
            return DEFAULT_RETENTION_DAYS

    @api.autovacuum
    def _gc_runs(self, limit=_CHUNK):
        """Remove runs older than the retention.

        :returns: ``(removed, 1 if there may be more)``
        """
        days = self._retention_days()
        if not days:
            return 0, 0
        cutoff = fields.Datetime.now() - timedelta(days=days)
        runs = self.sudo().search([("started", "<", cutoff)], order="id", limit=limit)
        runs._remove()
        return len(runs), int(len(runs) == limit)

    def _remove(self):
        """Delete runs with their steps and activities, without going through 10,000 records."""
        if not self:
            return
        self._activities_of(self).unlink()
        self.env.cr.execute("DELETE FROM server_action_step WHERE run_id = ANY(%s)", [self.ids])
        self.env.cr.execute("DELETE FROM server_action_run WHERE id = ANY(%s)", [self.ids])
        self.env["server.action.step"].invalidate_model()
        self.invalidate_model()

    @api.model
    def _activities_of(self, runs):
        """Return the activities planned on runs, whoever they are for."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        return activities.search([("res_model", "=", self._name), ("res_id", "in", runs.ids)])

    def unlink(self):  # pylint: disable=method-required-super; the rows go by SQL
        """Remove runs by hand; only code in superuser mode may do so."""
        self.check_access("unlink")
        self._remove()
        return True

    @api.model
    def _erase_traces(self, model, record_ids):
        """Remove everything the log knows about some records.

        Runs that worked on nothing else disappear. In the others the records are taken out of
        the lists, and what may speak of them – values, messages, errors – is emptied, because a
        batch does not tell which record a text is about.

        :returns: number of runs touched
        :raises AccessError: the user is no administrator
        """
        if not self.env.user._is_system() and not self.env.su:
            raise AccessError(self.env._("Only administrators may erase traces."))
        ids = [int(res_id) for res_id in record_ids]
        if not ids:
            return 0
        cr = self.env.cr
        write_waiting(cr)
        params = {"model": model, "ids": ids}
        cr.execute(
            """
            SELECT DISTINCT run_id FROM server_action_step
             WHERE (model = %(model)s AND record_ids @> ANY(
                       SELECT to_jsonb(id) FROM unnest(%(ids)s) id))
                OR created @> ANY(
                       SELECT jsonb_build_array(jsonb_build_array(%(model)s::text, id))
                         FROM unnest(%(ids)s) id)
             UNION
            SELECT id FROM server_action_run
             WHERE model = %(model)s AND record_ids @> ANY(
                       SELECT to_jsonb(id) FROM unnest(%(ids)s) id)
            """,
            params,
        )
        run_ids = [row[0] for row in cr.fetchall()]
        if not run_ids:
            return 0
        params["runs"] = run_ids
        for table in ("server_action_run", "server_action_step"):
            self._erase_from(table, params)
        self._erase_created(params)
        runs = self.sudo().browse(run_ids)
        runs.invalidate_recordset()
        self.env["server.action.step"].invalidate_model()
        gone = runs.filtered(lambda run: run.model == model and not run.record_ids)
        gone._remove()
        # Alerts repeat the error, which may speak of the records, too.
        self._activities_of(runs - gone).write({"note": False})
        return len(run_ids)

    def _erase_from(self, table, params):
        """Take the records out of the lists of ids and empty the texts of these runs."""
        key, texts = "id", ""
        if table == "server_action_step":
            key, texts = "run_id", ", changed_values = NULL, messages = NULL"
        self.env.cr.execute(
            f"""
            UPDATE {table}
               SET record_ids = CASE WHEN model = %(model)s THEN COALESCE(
                        (SELECT jsonb_agg(item) FROM jsonb_array_elements(record_ids) item
                          WHERE item <> ALL(SELECT to_jsonb(id) FROM unnest(%(ids)s) id)),
                        '[]'::jsonb) ELSE record_ids END,
                   reason = NULL, result = NULL, error_message = NULL, traceback = NULL{texts}
             WHERE {key} = ANY(%(runs)s)
            """,  # noqa: S608 - constants
            params,
        )

    def _erase_created(self, params):
        self.env.cr.execute(
            """
            UPDATE server_action_step
               SET created = (SELECT jsonb_agg(item) FROM jsonb_array_elements(created) item
                               WHERE item <> ALL(
                                   SELECT jsonb_build_array(%(model)s::text, id)
                                     FROM unnest(%(ids)s) id))
             WHERE run_id = ANY(%(runs)s) AND created IS NOT NULL
            """,
            params,
        )
