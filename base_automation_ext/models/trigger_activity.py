"""Triggers: an activity is planned, done or overdue. The rule runs on the record it belongs to."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.server_action_engine.core.subscriptions import CREATE, WRITE

from ..core.triggers import trigger_class
from .rule_trigger import pause_rules

CREATED, DONE, OVERDUE = "on_activity_created", "on_activity_done", "on_activity_overdue"
TRIGGERS = (CREATED, DONE, OVERDUE)
SUBSCRIBER = "base.automation.activity.subscriber"
#: Fields that say when an activity becomes overdue.
_DUE_FIELDS = frozenset({"date_deadline", "active", "user_tz", "res_model", "activity_type_id"})


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[
            ("on_activity_created", "Activity planned"),
            ("on_activity_done", "Activity done"),
            ("on_activity_overdue", "Activity overdue"),
        ],
        ondelete=dict.fromkeys(TRIGGERS, pause_rules),
    )
    # A name in "activity_" would be taken for one of the rule's own activities.
    trigger_activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "base_automation_activity_type_rel",
        string="Activity Types",
        # The last type gone would mean: all types.
        ondelete="restrict",
        domain="['|', ('res_model', '=', False), ('res_model', '=', model_name)]",
        help="The types of activities the rule is about. Empty: all.",
    )
    overdue_since = fields.Datetime(
        compute="_compute_overdue_since",
        store=True,
        copy=False,
        help="Activities that were overdue before this moment do not count.",
    )

    @api.depends("trigger", "active", "paused", "model_id")
    def _compute_overdue_since(self):
        now = fields.Datetime.now()
        for rule in self:
            waits = rule.trigger == OVERDUE and rule.active and not rule.paused
            rule.overdue_since = waits and now

    @api.constrains("trigger", "model_id")
    def _check_model_has_activities(self):
        for rule in self:
            if rule.trigger in TRIGGERS and not rule.model_id.is_mail_activity:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” waits for activities, but %(model)s has none. Choose "
                        "another model or trigger.",
                        rule=rule.name,
                        model=rule.model_id.name,
                    )
                )

    # -- what the index asks ----------------------------------------------------------------------

    def _make_activity_trigger(self):
        return trigger_class(self.trigger)(
            model=self.model_id.model, type_ids=frozenset(self.trigger_activity_type_ids.ids)
        )

    _make_trigger_on_activity_created = _make_activity_trigger
    _make_trigger_on_activity_done = _make_activity_trigger
    _make_trigger_on_activity_overdue = _make_activity_trigger

    def _subscriptions_of_on_activity_created(self, entry):
        return [self._activity_subscription(entry, CREATE)]

    def _subscriptions_of_on_activity_done(self, entry):
        return [self._activity_subscription(entry, WRITE, frozenset({"active"}))]

    def _subscriptions_of_on_activity_overdue(self, entry):
        # Only to wake up in time.
        return [
            self._activity_subscription(entry, CREATE),
            self._activity_subscription(entry, WRITE, _DUE_FIELDS),
        ]

    def _activity_subscription(self, entry, event, watched=None):
        return self._subscription(
            entry, event, watched, model="mail.activity", subscriber=SUBSCRIBER
        )
