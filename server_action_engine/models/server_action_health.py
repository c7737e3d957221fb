"""How the background tasks are doing, in numbers and in words."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import config

from .event_hook_gate import is_disabled

#: A ready task that waits longer than this deserves a warning.
LONG_WAIT_SECONDS = 300
#: Actions listed with their failures.
MAX_ACTIONS = 10


class ServerActionHealth(models.AbstractModel):
    """Reads the state of tasks and lanes for the page Automation / Health."""

    _name = "server.action.health"
    _description = "Health of Background Tasks"

    @api.model
    def get_health(self):
        """Return what the page shows.

        :returns: ``{counts: {…}, lanes: {…}, warnings: [{level, text}], actions: [{…}]}``
        :raises AccessError: the user is no administrator
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("Only administrators see the health of background tasks."))
        health = {"counts": self._get_counts(), "lanes": self._get_lanes()}
        health["actions"] = self._get_failing_actions()
        health["warnings"] = self._get_warnings(health["counts"], health["lanes"])
        return health

    @api.model
    def _get_counts(self):
        """Return numbers of tasks, and the longest wait of a ready one in seconds."""
        self.env["server.action.task"].flush_model()
        self.env.cr.execute(
            """
            WITH moment AS (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now)
            SELECT (SELECT count(*) FROM server_action_task, moment
                     WHERE state = 'pending' AND due_at <= now) AS ready,
                   (SELECT count(*) FROM server_action_task, moment
                     WHERE state = 'pending' AND due_at > now) AS delayed,
                   (SELECT count(*) FROM server_action_task WHERE state = 'started') AS running,
                   (SELECT count(*) FROM server_action_task WHERE state = 'paused') AS paused,
                   (SELECT count(*) FROM server_action_task WHERE state = 'failed') AS failed,
                   (SELECT count(*) FROM server_action_task, moment WHERE state = 'failed'
                       AND finished_at > now - interval '1 day') AS failed_today,
                   (SELECT count(*) FROM server_action_task, moment WHERE state = 'done'
                       AND finished_at > now - interval '1 day') AS done_today,
                   (SELECT coalesce(extract(epoch FROM max(now - due_at)), 0)::int
                      FROM server_action_task, moment
                     WHERE state = 'pending' AND due_at <= now) AS longest_wait
            """
        )
        return self.env.cr.dictfetchone()

    @api.model
    def _get_lanes(self):
        """Return how many lanes there are, may be used on this server, and work right now."""
        self.env.cr.execute(
            "SELECT count(DISTINCT worker_token) FROM server_action_task WHERE state = 'started'"
        )
        [working] = self.env.cr.fetchone()
        lanes = self.env["ir.cron"]._get_task_lanes()
        last = max(lanes.filtered("lastcall").mapped("lastcall"), default=None)
        return {
            "configured": len(lanes),
            "usable": len(self.env["ir.cron"]._get_usable_task_lanes()),
            "working": working,
            "threads": config["max_cron_threads"],
            "last_run": fields.Datetime.to_string(last) if last else False,
        }

    @api.model
    def _get_failing_actions(self):
        """Return the actions with most failed tasks: ``[{id, name, failed, retrying, error}]``."""
        self.env.cr.execute(
            """
            SELECT action_id, count(*) FILTER (WHERE state = 'failed') AS failed,
                   count(*) FILTER (WHERE state = 'pending') AS retrying,
                   (array_agg(error_message ORDER BY id DESC))[1] AS error
              FROM server_action_task
             WHERE state = 'failed' OR (state = 'pending' AND error_type IS NOT NULL)
             GROUP BY action_id ORDER BY failed DESC, retrying DESC LIMIT %s
            """,
            [MAX_ACTIONS],
        )
        rows = self.env.cr.dictfetchall()
        actions = self.env["ir.actions.server"].sudo().browse(row["action_id"] for row in rows)
        for row, action in zip(rows, actions, strict=True):
            row.update(id=action.id, name=action.name, error=(row["error"] or "")[:200])
        return rows

    @api.model
    def _get_warnings(self, counts, lanes):
        warnings = []
        if is_disabled():
            warnings.append(
                self.env._(
                    "Automation is switched off in the server's configuration "
                    "(automation_disabled): no task runs."
                )
            )
        if not lanes["configured"]:
            warnings.append(self.env._("There is no active lane: no task runs. Activate a lane."))
        elif lanes["threads"] < 1:
            warnings.append(
                self.env._(
                    "This server runs no scheduled actions (max_cron_threads = 0). Tasks run only "
                    "if another server of this database does."
                )
            )
        elif lanes["usable"] < lanes["configured"]:
            warnings.append(
                self.env._(
                    "Only %(usable)s of %(configured)s lanes can be used: with "
                    "max_cron_threads = %(threads)s, one thread is left for the other scheduled "
                    "actions. Set max_cron_threads to %(needed)s, or deactivate lanes.",
                    usable=lanes["usable"],
                    configured=lanes["configured"],
                    threads=lanes["threads"],
                    needed=lanes["configured"] + 1,
                )
            )
        if counts["longest_wait"] > LONG_WAIT_SECONDS:
            warnings.append(
                self.env._(
                    "A task has been ready for %(minutes)s minutes. The lanes are busy, its "
                    "concurrency group is full or paused, or the scheduler does not run.",
                    minutes=counts["longest_wait"] // 60,
                )
            )
        return warnings
