"""Where a timed rule begins: not with what was over when it was activated, unless chosen."""

import logging
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from .base_automation import BaseAutomation as PausedRules
from .due_ledger import HISTORY
from .rule_overrides import TIME_METHODS, overridden
from .trigger_time import PLAN_FIELDS

_logger = logging.getLogger(__name__)

NOW, DATE, ALL = "now", "date", "all"
#: Fields whose change activates the rule anew.
_ACTIVATING = frozenset(
    {"active", "paused", "trigger", "model_id", "due_history", "due_history_from"}
)
#: Fields that say for which records it is due, and when.
_DECIDING = frozenset(
    {*_ACTIVATING, *PLAN_FIELDS, "trg_date_id", "filter_domain", "due_with_archived"}
)
_ALWAYS = datetime(1900, 1, 1)
_MOMENT = timedelta(microseconds=1)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    due_history = fields.Selection(
        [
            (NOW, "Only what is due from now on"),
            (DATE, "Also what was due since a date"),
            (ALL, "Also all that was ever due"),
        ],
        string="When Activated",
        default=NOW,
        required=True,
        tracking=True,
        help="What the rule does about moments that have passed when it is activated.",
    )
    due_history_from = fields.Datetime(string="Since", tracking=True)
    due_window_days = fields.Integer(
        string="Catch Up (Days)",
        default=7,
        tracking=True,
        help="A record that comes to match the filter late, or gets a date in the past, still "
        "counts for this many days after the moment the rule was due for it.",
    )
    due_with_archived = fields.Boolean(
        string="Archived Records as Well",
        tracking=True,
        help="Otherwise a timed rule leaves archived records alone, unless the filter itself says "
        "something about whether they are archived.",
    )
    due_since = fields.Datetime(
        string="Works Since",
        readonly=True,
        copy=False,
        help="The rule never runs for moments before this.",
    )
    due_history_count = fields.Char(
        string="At Once",
        compute="_compute_due_history_count",
        help="For how many records the rule runs right after it is activated.",
    )

    @api.constrains("due_window_days", "due_history", "due_history_from")
    def _check_due_start(self):
        for rule in self:
            if rule.due_window_days < 0:
                raise ValidationError(
                    self.env._(
                        "“Catch Up” of the automation rule “%(rule)s” cannot be negative. 0 days "
                        "leaves out all that comes late.",
                        rule=rule.name,
                    )
                )
            if rule.due_history == DATE and not rule.due_history_from:
                raise ValidationError(
                    self.env._(
                        "Say since when the automation rule “%(rule)s” makes up for what was due.",
                        rule=rule.name,
                    )
                )

    # -- when something about it is saved ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._start_due()
        return rules

    def write(self, vals):
        if _DECIDING.isdisjoint(vals) and "due_window_days" not in vals:
            return super().write(vals)
        before = {rule: rule._waits_for_time() for rule in self}
        stopped = self.filtered(lambda rule: rule.paused and rule.pause_reason)
        windows = {rule: rule.due_window_days for rule in self} if "due_window_days" in vals else {}
        result = super().write(vals)
        for rule, days in windows.items():
            rule._keep_shorter_window(days)
        if not _DECIDING.isdisjoint(vals):
            for rule in self:
                if rule in stopped and set(vals) <= {"paused", "pause_reason"}:
                    # It had to stop by itself; what was due meanwhile is not lost.
                    rule._wake_at(fields.Datetime.now())
                    continue
                # What is only changed does not begin with its history a second time.
                anew = not before[rule] or "due_history" in vals or "due_history_from" in vals
                rule._start_due(keeps_history=anew)
        return result

    def copy(self, default=None):
        copies = super().copy(default)
        for old, new in zip(self, copies, strict=True):
            # Stock copies the actions in their order.
            actions = dict(zip(old.action_server_ids, new.action_server_ids, strict=True))
            for step in old.time_step_ids:
                chosen = [actions[action].id for action in step.action_ids]
                step.copy({"rule_id": new.id, "action_ids": [(6, 0, chosen)]})
        return copies

    def _init_column(self, column_name):
        if column_name == "time_tz":
            # Rules of before go on counting in UTC, as stock Odoo does.
            self.env.cr.execute("UPDATE base_automation SET time_tz = 'UTC'")
            return
        super()._init_column(column_name)

    def unlink(self):
        self.env["base.automation.due"].sudo()._forget(self)
        return super().unlink()

    def _waits_for_time(self):
        return self.trigger in TIME_TRIGGERS and self.active and not self.paused

    def _keep_shorter_window(self, days):
        """What the shorter window had left behind does not come back with a longer one."""
        if self.due_since and self.due_window_days > days:
            self.due_since = max(self.due_since, fields.Datetime.now() - timedelta(days=days))

    def _start_due(self, keeps_history=True):
        """Begin anew: from now on, or from where the author says.

        :param keeps_history: False begins now, whatever the author had chosen for the start
        """
        for rule in self.sudo().filtered(lambda rule: rule._waits_for_time()):
            if rule._due_field() is None:
                continue
            now = fields.Datetime.now()
            rule = rule.with_env(rule._timed_environment(rule.time_tz))
            rule._forget_values()
            if not rule.due_since and rule.last_run:
                # It has been run by stock Odoo up to there.
                rule._set_due_since(rule.last_run)
            elif keeps_history and rule.due_history == ALL:
                # What comes late counts as ever, also where there are no older records.
                late = now - timedelta(days=rule.due_window_days)
                rule._set_due_since(min(rule._first_due() or late, late), catches_up=True)
            elif keeps_history and rule.due_history == DATE:
                rule._set_due_since(rule.due_history_from, catches_up=True)
            else:
                rule._set_due_since(now - timedelta(days=rule.due_window_days), history_until=now)
                rule._note_history(now)
            rule._wake_for_due(now)

    def _set_due_since(self, moment, catches_up=False, history_until=None):
        """Let the rule begin at a moment.

        :param catches_up: whether what lies before its window is still to be done
        :param history_until: what is over by then is history, also where that shows later
        """
        self.env.cr.execute(
            "UPDATE base_automation SET due_since = %s, due_attempt = 0, due_history_until = %s, "
            "last_run = CASE WHEN %s THEN %s ELSE last_run END WHERE id = %s",
            [moment, history_until, catches_up, moment, self.id],
        )
        self.invalidate_recordset(["due_since", "due_attempt", "due_history_until", "last_run"])

    def _forget_values(self):
        """Dates that have been dealt with may lead to other moments now."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation_due SET value = NULL WHERE rule_id = %s AND step >= 0",
            [self.id],
        )

    def _note_history(self, now):
        """Note what is over by now, so that only what comes later is late and not history."""
        ledger = self.env["base.automation.due"]
        for page in self._due_pages(self.due_since, now + _MOMENT):
            ledger._claim(self, page, HISTORY)

    def _wake_for_due(self, now):
        if self.due_history != NOW and self._due_items(now, 1):
            self._wake_at(now)
        elif moment := self._next_due_moment(now):
            self._wake_at(moment)

    @api.model
    def _next_timed_moment(self, since):
        first = super()._next_timed_moment(since)
        rules = self.sudo().search([("trigger", "in", TIME_TRIGGERS), ("paused", "=", False)])
        if not rules or self._overridden_time_methods():
            return first
        try:
            with self.env.cr.savepoint(flush=False):
                return rules._soonest_due(first, lambda rule: rule._next_due_timed(since))
        except Exception:
            _logger.debug("Timed rules could not be asked together", exc_info=True)
        return rules._soonest_due(first, lambda rule: rule._next_due_or_none(since))

    def _soonest_due(self, first, next_of):
        """Return when the first of the rules is due, ``first`` if that is sooner."""
        now = fields.Datetime.now()
        for rule in self:
            if first and first <= now:
                # There is work at this moment. When there is more, shows after it.
                break
            if moment := next_of(rule):
                first = min(first or moment, moment)
        return first

    def _next_due_timed(self, since):
        return self.with_env(self._timed_environment(self.time_tz))._next_due_moment(since)

    def _next_due_or_none(self, since):
        """A rule that cannot be asked does not keep the others from being woken."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._next_due_timed(since)
        except Exception:
            _logger.warning(
                "When the automation rule #%s is due next is unknown", self.id, exc_info=True
            )
            return None

    @api.model
    def _overridden_time_methods(self):
        """Return by which methods other modules find the records of timed rules themselves."""
        own = {name: (PausedRules.__dict__[name],) for name in TIME_METHODS}
        return overridden(self, own, TIME_METHODS)

    # -- before it is activated -------------------------------------------------------------------

    @api.depends(
        *PLAN_FIELDS, "trg_date_id", "model_id", "due_history", "due_history_from", "filter_domain"
    )
    def _compute_due_history_count(self):
        for rule in self:
            rule.due_history_count = False
            if rule.trigger not in TIME_TRIGGERS or rule.due_history == NOW:
                continue
            start = _ALWAYS if rule.due_history == ALL else rule.due_history_from
            if (
                start
                and rule.model_id
                and rule._due_field() is not None
                and not rule._due_problem()
            ):
                rule.due_history_count = rule._spoken_count(start)

    def _spoken_count(self, start):
        try:
            with self.env.cr.savepoint(flush=False):
                count, more = self.sudo()._count_due(since=start)
        except Exception:  # noqa: BLE001 - the filter is still being written
            return False
        if more:
            return self.env._("more than %(count)s records", count=count)
        if count == 1:
            return self.env._("1 record")
        return self.env._("%(count)s records", count=count)
