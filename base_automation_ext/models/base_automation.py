"""Automation rules: kept in the index, run in bulk."""

import psycopg2

from odoo import api, fields, models

from odoo.addons.base_automation.models.base_automation import BaseAutomation as StockRule
from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

#: Fields the index does not depend on. All others, also those other addons add, refresh it.
_NOT_INDEXED = frozenset(
    {
        "name",
        "description",
        "due_attempt",
        "due_since",
        "due_turn",
        "last_run",
        "later_action_id",
        "log_webhook_calls",
        "pause_reason",
        "record_getter",
        "responsible_id",
        "webhook_filter",
    }
)
_NOT_INDEXED_PREFIXES = ("message_", "activity_")


class BaseAutomation(models.Model):
    _inherit = "base.automation"
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10,
        help="Rules on the same change run in this order, lowest number first. A rule sees what "
        "the rules before it have changed.",
    )
    # Written while rules run: who reads a rule before must not keep what it was.
    last_run = fields.Datetime(prefetch=False)
    paused = fields.Boolean(
        tracking=True,
        copy=False,
        help="A paused rule does nothing until it is resumed, but stays in the lists.",
    )

    # -- keeping the index ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._index_changed()
        return rules

    def write(self, vals):
        had_onchange = self._has_trigger_onchange()
        result = super().write(vals)
        if any(map(_is_indexed, vals)):
            self._index_changed()
            if had_onchange or self._has_trigger_onchange():
                # Views say for each field whether a change of it has to be asked about.
                self.env.registry.clear_cache("templates")
        return result

    def unlink(self):
        result = super().unlink()
        self._index_changed()
        return result

    def _index_changed(self):
        """Refresh the index after a change of these rules; of any rule if there are none."""
        keys = [rule_key(rule_id) for rule_id in self.ids] if self else None
        self.env["base.automation.subscriber"]._event_subscriptions_changed(keys)
        # The forms look rules up in the index. Whoever asks the class which fields have an
        # onchange method, as Odoo's own tests do, finds these fields too.
        for rule in self.exists().filtered(lambda rule: rule.trigger == "on_change"):
            methods = self.env[rule.model_id.model]._onchange_methods
            for field in rule.on_change_field_ids:
                methods.setdefault(field.name, [])

    def _update_registry(self):
        """The index needs no new registry, and rules being imported are rules."""
        self._index_changed()

    def _register_hook(self):
        # Stock patches the models of its rules here; the event hook stands around all of them.
        super(StockRule, self)._register_hook()

    def _unregister_hook(self):
        # Stock deletes methods from all models' classes here, also those it never set.
        super(StockRule, self)._unregister_hook()

    # -- running: see rule_process.py -----------------------------------------------------------

    @api.model
    def _add_postmortem(self, e):
        # After an error of the database nothing can be asked any more, and another error in its
        # place would keep Odoo from trying again.
        return None if isinstance(e, psycopg2.Error) else super()._add_postmortem(e)

    def _is_switched_off(self):
        """Tell whether the configuration file or the context keeps the rule from running."""
        skip = self.env.context.get("automation_skip")
        if skip:
            names = {"base.automation.subscriber", rule_key(self.id)}
            if not isinstance(skip, list | tuple | set | frozenset | str):
                return True
            if not names.isdisjoint([skip] if isinstance(skip, str) else skip):
                return True
        return is_disabled()

    def _search_time_based_automation_records(self, *, until):
        if self.paused or self._is_globally_paused():
            return self.env[self.model_name]
        return super()._search_time_based_automation_records(until=until)


def rule_key(rule_id):
    """Return the key of the subscriptions of a rule."""
    return f"base.automation,{rule_id}"


def _is_indexed(name):
    return name not in _NOT_INDEXED and not name.startswith(_NOT_INDEXED_PREFIXES)
