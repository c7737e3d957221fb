"""Triggers of rules: from the stored configuration to a class of ``core/triggers``.

A trigger is one class there and one file here, which adds its value to ``trigger``, its fields, and
where it needs them three methods named after it: ``_make_trigger_<key>`` (the configured instance),
``_watched_by_<key>`` (fields of which one must have changed), ``_subscriptions_of_<key>`` (what it
hears, where that is not the creation or change of records of the rule's own model).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.server_action_engine.core.subscriptions import ONCHANGE, WRITE, Subscription

from ..core.triggers import all_triggers, trigger_class
from ..core.triggers.base import ACTIVITIES, AFTER, BEFORE, CHANGE, MAIL
from .base_automation import rule_key
from .rule_trace import is_traced

#: Group of triggers → field of the rule that says whether its model has what they wait for.
_NEEDS = {MAIL.key: "model_is_mail_thread", ACTIVITIES.key: "model_is_mail_activity"}


def pause_rules(rules):
    """``ondelete`` of added triggers: the rule stays, with a harmless trigger, and does nothing."""
    rules.write({"trigger": "on_create_or_write", "active": False})


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_update", "On update only")], ondelete={"on_update": pause_rules}
    )
    trigger_catalogue = fields.Json(
        compute="_compute_trigger_catalogue",
        help="What the form knows of each trigger: group, icon, help, filters.",
    )
    is_stock_trigger = fields.Boolean(compute="_compute_can_filter")
    model_is_mail_activity = fields.Boolean(related="model_id.is_mail_activity")
    can_filter_before = fields.Boolean(compute="_compute_can_filter")
    can_filter_after = fields.Boolean(compute="_compute_can_filter")
    can_filter_change = fields.Boolean(compute="_compute_can_filter")

    @api.depends_context("lang")
    def _compute_trigger_catalogue(self):
        self.trigger_catalogue = self._get_trigger_catalogue()

    @api.depends("trigger")
    def _compute_can_filter(self):
        for rule in self:
            known = trigger_class(rule.trigger)
            filters = known.filters if known else ()
            rule.is_stock_trigger = bool(known and known.is_stock)
            rule.can_filter_before = BEFORE in filters
            rule.can_filter_after = AFTER in filters
            rule.can_filter_change = CHANGE in filters

    @api.model
    def _get_trigger_catalogue(self):
        """Return ``{key: {group, group_label, group_sequence, icon, help, is_stock, needs}}``."""
        return {
            key: {
                "group": trigger.group.key,
                "group_label": self.env._(trigger.group.label),
                "group_sequence": trigger.group.sequence,
                "icon": trigger.icon,
                "help": self.env._(trigger.help),
                "is_stock": trigger.is_stock,
                "needs": _NEEDS.get(trigger.group.key, False),
            }
            for key, trigger in all_triggers().items()
        }

    # -- what the index asks ----------------------------------------------------------------------

    def _make_trigger(self):
        """Return the rule's trigger with its configuration (``core.triggers.base.Trigger``)."""
        self.ensure_one()
        make = getattr(self, f"_make_trigger_{self.trigger}", None)
        return make() if make else trigger_class(self.trigger)()

    def _watched_fields(self):
        """Return the names of stored fields of which one must have changed; None for any."""
        self.ensure_one()
        watched = getattr(self, f"_watched_by_{self.trigger}", None)
        if watched:
            return watched()
        if not self.trigger_field_ids:
            return None
        fields_of = self.env[self.model_id.model]._fields
        # A field that is not stored has no old value to compare with, so it never triggers.
        return frozenset(
            name
            for name in self.trigger_field_ids.mapped("name")
            if name in fields_of and fields_of[name].store
        )

    def _subscriptions_of(self, entry):
        """Return the subscriptions of the rule; ``entry`` is their payload."""
        self.ensure_one()
        own = getattr(self, f"_subscriptions_of_{self.trigger}", None)
        if own:
            return own(entry)
        found = []
        for event in sorted(entry.trigger.events):
            # A traced rule also tells of what it would not have heard of.
            watched = entry.heard if event == WRITE and not is_traced(entry) else None
            if event == ONCHANGE:
                watched = frozenset(self.on_change_field_ids.mapped("name"))
            found.append(self._subscription(entry, event, watched))
        return found

    def _subscription(self, entry, event, watched=None, model=None, subscriber=None):
        """Return one subscription of the rule.

        :param model: name of the model whose events it hears; default is the rule's own
        :param subscriber: model that receives them; default is the one that runs rules on their
            own records
        """
        return Subscription(
            model=model or self.model_id.model,
            event=event,
            subscriber=subscriber or "base.automation.subscriber",
            key=rule_key(self.id),
            fields=watched,
            rank=(self.sequence, self.id),
            payload=entry,
        )

    # -- configuration ----------------------------------------------------------------------------

    @api.constrains("trigger")
    def _check_trigger_known(self):
        for rule in self:
            if rule.trigger and trigger_class(rule.trigger) is None:
                raise ValidationError(
                    self.env._(
                        "The rule “%(rule)s” has the trigger “%(trigger)s”, which no installed "
                        "addon knows. Choose another one.",
                        rule=rule.name,
                        trigger=rule.trigger,
                    )
                )

    @api.depends("model_id", "trigger", "filter_domain")
    def _compute_trigger_field_ids(self):
        # Stock's method empties the field for every trigger it does not know.
        chosen = self.filtered(lambda rule: _lets_choose_fields(rule.trigger))
        for rule in chosen:
            rule.trigger_field_ids = rule.trigger_field_ids
        return super(BaseAutomation, self - chosen)._compute_trigger_field_ids()


def _lets_choose_fields(key):
    known = trigger_class(key)
    return known is not None and known.watches_fields and not known.is_stock
