"""Concurrency groups: how many lanes may work on tasks that share a name, and how fast."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.claim import GroupPolicy, rooms


class ServerActionTaskGroup(models.Model):
    """Limits of the tasks queued with one ``group``; a group without a row has the defaults."""

    _name = "server.action.task.group"
    _description = "Concurrency Group of Tasks"
    _order = "name"

    name = fields.Char(required=True, help="As the tasks name it.")
    lane_limit = fields.Integer(
        string="Lanes at Once",
        default=1,
        required=True,
        aggregator=None,
        help="Lanes that may work on this group at the same time; 0 for no limit.",
    )
    rate_count = fields.Integer(
        string="Tasks per Period",
        aggregator=None,
        help="At most that many tasks start per period; 0 for no limit.",
    )
    rate_seconds = fields.Integer(
        string="Period (s)", default=60, required=True, aggregator=None, help="In seconds."
    )
    paused = fields.Boolean(help="Tasks of the group wait until you untick this.")

    _name_uniq = models.Constraint("UNIQUE (name)", "There is already a group of that name.")

    @api.constrains("lane_limit", "rate_count", "rate_seconds")
    def _check_limits(self):
        for group in self:
            if group.lane_limit < 0 or group.rate_count < 0 or group.rate_seconds < 1:
                raise ValidationError(
                    self.env._(
                        "The limits of group “%(group)s” cannot be negative, and its period is at "
                        "least one second.",
                        group=group.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        self.env["server.action.task"]._wake_lanes_after_commit()
        return result

    def unlink(self):
        self.env["server.action.task"]._wake_lanes_after_commit()
        return super().unlink()

    @api.model
    def _get_rooms(self, cr):
        """Return ``{group name: tasks that may start now}`` of the groups with a bound."""
        cr.execute(
            "SELECT name, lane_limit, rate_count, rate_seconds, paused "
            "FROM server_action_task_group"
        )
        policies = {name: GroupPolicy(*limits) for name, *limits in cr.fetchall()}
        cr.execute(
            """
            SELECT group_name, count(DISTINCT worker_token) FROM server_action_task
             WHERE state = 'started' AND group_name IS NOT NULL GROUP BY group_name
            """
        )
        running = dict(cr.fetchall())
        return rooms(policies, running, self._get_recent_starts(cr))

    @api.model
    def _get_recent_starts(self, cr):
        """Return ``{group name: tasks started within its period}`` of groups with a rate."""
        cr.execute(
            """
            SELECT g.name, recent.count
              FROM server_action_task_group g,
                   LATERAL (SELECT count(*) FROM server_action_task t
                             WHERE t.group_name = g.name AND t.started_at > clock_timestamp()
                                   AT TIME ZONE 'UTC' - g.rate_seconds * interval '1 second'
                   ) recent
             WHERE g.rate_count > 0
            """
        )
        return dict(cr.fetchall())

    @api.model
    def _get_next_room(self, cr):
        """Return when a group that has used up its rate may start tasks again, None if none has."""
        cr.execute(
            """
            SELECT min(oldest.started_at + g.rate_seconds * interval '1 second')
              FROM server_action_task_group g,
                   LATERAL (SELECT t.started_at FROM server_action_task t
                             WHERE t.group_name = g.name AND t.started_at > clock_timestamp()
                                   AT TIME ZONE 'UTC' - g.rate_seconds * interval '1 second'
                             ORDER BY t.started_at DESC OFFSET g.rate_count - 1 LIMIT 1) oldest
             WHERE g.rate_count > 0 AND g.paused IS NOT TRUE
               AND EXISTS (SELECT 1 FROM server_action_task w WHERE w.group_name = g.name
                            AND w.state = 'pending')
            """
        )
        return cr.fetchone()[0]
