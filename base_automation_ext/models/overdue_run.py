"""Running rules about overdue activities, on the scheduled action of all timed rules."""

from datetime import timezone
from functools import partial

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.frames import state_of

from ..core.local_time import end_of_day
from .rule_entry import make_entry
from .time_zone import zone_of
from .trigger_activity import OVERDUE, SUBSCRIBER


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._wake_for_overdue()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if not {"trigger", "active", "paused", "model_id"}.isdisjoint(vals):
            self._wake_for_overdue()
        return result

    def _wake_for_overdue(self):
        rules = self.filtered("overdue_since")
        if rules and (moment := rules._next_overdue()):
            self._wake_at(moment)

    @api.model
    def _overdue_rules(self):
        return self.search(
            [("trigger", "=", OVERDUE), ("overdue_since", "!=", False), ("paused", "=", False)]
        )

    @api.model
    def _next_timed_moment(self, since):
        moments = [super()._next_timed_moment(since), self._overdue_rules()._next_overdue()]
        return min(filter(None, moments), default=None)

    @api.model
    def _timed_jobs(self, before=None):
        overdue = [rule._run_overdue for rule in self._overdue_rules()]
        return [*super()._timed_jobs(before), *overdue]

    def _next_overdue(self):
        """Return when the next activity becomes overdue that one of the rules may be about."""
        if not self:
            return None
        names = set(self.mapped("model_name"))
        seen, now = self.env["base.automation.overdue"], fields.Datetime.now()
        today_of = {name: _day(now, name) for name in seen._zones(names)}
        return min(
            (
                end_of_day(deadline, zone_of(name))
                for name, deadline in seen._next_deadlines(names, today_of).items()
            ),
            default=None,
        )

    def _run_overdue(self):
        """Run the rule for all activities that are overdue, part by part.

        :returns: False when it collided with other transactions as often as it was tried
        """
        size = self._batch_size()
        while True:
            claimed = []
            done = self._in_own_transaction(
                partial(self._fire_overdue, size, claimed), self._fire_overdue_one_by_one
            )
            if not done or len(claimed) < size:
                return done

    def _fire_overdue_one_by_one(self):
        """After a failure: those it is not to blame for go on, the others do not come again."""
        for _number in range(self._batch_size()):
            claimed = []
            self._in_own_transaction(
                partial(self._fire_overdue, 1, claimed), partial(self._claim_overdue, 1)
            )
            if not claimed:
                return

    def _fire_overdue(self, limit, claimed):
        """Run the rule on the records of activities that are overdue.

        :param claimed: list that receives the ids of the activities, before the rule runs
        """
        rule = self.with_env(self._timed_environment())
        activities = rule._claim_overdue(limit)
        claimed[:] = activities.ids
        if activities:
            with state_of(self.env.cr).aside():
                self.env[SUBSCRIBER].with_env(rule.env)._fire_for(make_entry(rule), activities)

    def _claim_overdue(self, limit):
        """Return activities the rule has not run for since they are overdue, and note them."""
        seen, now = self.env["base.automation.overdue"], fields.Datetime.now()
        days = {
            name: (_day(now, name), _day(self.overdue_since, name))
            for name in seen._zones([self.model_name])
        }
        return seen._claim(self, days, limit)


def _day(moment, zone_name):
    """Return the date of a moment (naive UTC) in a time zone."""
    return moment.replace(tzinfo=timezone.utc).astimezone(zone_of(zone_name)).date()
