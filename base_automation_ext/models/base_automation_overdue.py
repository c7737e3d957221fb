"""Which overdue activities which rule has run for: each once per due date."""

from odoo import api, fields, models
from odoo.tools import SQL


class BaseAutomationOverdue(models.Model):
    """One row for each rule, activity and due date.

    A table of its own, because the proof that a rule has run must be committed together with what
    the rule did, and two workers must not both find that it has not.
    """

    _name = "base.automation.overdue"
    _description = "Overdue Activity Seen by a Rule"
    _log_access = False
    _rec_name = "activity_id"

    rule_id = fields.Many2one("base.automation", required=True, readonly=True, ondelete="cascade")
    activity_id = fields.Many2one(
        "mail.activity", required=True, readonly=True, ondelete="cascade", index=True
    )
    date_deadline = fields.Date("Due Date", required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE(rule_id, activity_id, date_deadline)",
        "A rule runs once for an activity and its due date.",
    )

    @api.model
    def _zones(self, models_):
        """Return the time zones of the users of open activities, "" for none."""
        self.env["mail.activity"].flush_model()
        self.env.cr.execute(
            "SELECT DISTINCT coalesce(user_tz, '') FROM mail_activity "
            "WHERE active AND res_model = ANY(%s)",
            [list(models_)],
        )
        return [name for [name] in self.env.cr.fetchall()]

    @api.model
    def _claim(self, rule, days, limit):
        """Note overdue activities as seen by ``rule`` and return them.

        :param rule: with trigger "on_activity_overdue"
        :param days: ``{time zone: (today there, first due date that counts)}``
        :raises psycopg2.errors.SerializationFailure: somebody else does the same right now
        """
        if not days:
            return self.env["mail.activity"]
        types = rule.trigger_activity_type_ids.ids
        query = SQL(
            """
            INSERT INTO base_automation_overdue (rule_id, activity_id, date_deadline)
            SELECT %(rule)s, activity.id, activity.date_deadline
              FROM mail_activity activity
              JOIN (VALUES %(zones)s) AS zone (name, today, since)
                ON zone.name = coalesce(activity.user_tz, '')
             WHERE activity.active AND activity.res_model = %(model)s
               AND activity.date_deadline < zone.today
               AND (activity.date_deadline >= zone.since OR activity.create_date >= %(since)s)
               AND (%(all_types)s OR activity.activity_type_id = ANY(%(types)s))
               AND NOT EXISTS (
                   SELECT 1 FROM base_automation_overdue seen
                    WHERE seen.rule_id = %(rule)s AND seen.activity_id = activity.id
                      AND seen.date_deadline = activity.date_deadline)
             ORDER BY activity.date_deadline, activity.id LIMIT %(limit)s
                ON CONFLICT DO NOTHING RETURNING activity_id
            """,
            rule=rule.id,
            zones=SQL(", ").join(
                SQL("(%s, %s::date, %s::date)", name, today, since)
                for name, (today, since) in days.items()
            ),
            model=rule.model_name,
            since=rule.overdue_since,
            all_types=not types,
            types=types,
            limit=limit,
        )
        return self.env["mail.activity"].browse(id_ for [id_] in self.env.execute_query(query))

    @api.model
    def _next_deadlines(self, models_, today_of):
        """Return ``{time zone: soonest due date}`` of open activities that are not overdue yet.

        :param today_of: ``{time zone: today there}``
        """
        if not today_of:
            return {}
        query = SQL(
            """
            SELECT zone.name, min(activity.date_deadline)
              FROM mail_activity activity
              JOIN (VALUES %(zones)s) AS zone (name, today)
                ON zone.name = coalesce(activity.user_tz, '')
             WHERE activity.active AND activity.res_model = ANY(%(models)s)
               AND activity.date_deadline >= zone.today
             GROUP BY zone.name
            """,
            zones=SQL(", ").join(
                SQL("(%s, %s::date)", name, today) for name, today in today_of.items()
            ),
            models=list(models_),
        )
        return dict(self.env.execute_query(query))

    @api.autovacuum
    def _gc_seen(self):
        """Remove rows about activities that are done, or were put off."""
        self.env.cr.execute(
            """
            DELETE FROM base_automation_overdue seen USING mail_activity activity
             WHERE activity.id = seen.activity_id
               AND (NOT activity.active OR activity.date_deadline <> seen.date_deadline)
            """
        )
        return self.env.cr.rowcount, 0
