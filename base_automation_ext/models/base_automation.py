"""Automation rules: kept in the index, run in bulk."""

from odoo import api, fields, models

from odoo.addons.base_automation.models.base_automation import BaseAutomation as StockRule
from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

from .environments import ActionDone
from .event_view import next_generation
from .rule_overrides import overridden

#: Fields the index does not depend on. All others, also those other addons add, refresh it.
_NOT_INDEXED = frozenset({"name", "description", "last_run", "log_webhook_calls", "record_getter"})
_NOT_INDEXED_PREFIXES = ("message_", "activity_")


class BaseAutomation(models.Model):
    _inherit = "base.automation"
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10,
        help="Rules on the same change run in this order, lowest number first. A rule sees what "
        "the rules before it have changed.",
    )
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

    # -- running ----------------------------------------------------------------------------------

    @api.model
    def _overridden_methods(self):
        """Return the names of stock's methods somebody else has overridden or patched."""
        return overridden(self, {"_process": BaseAutomation._process})

    def _process(self, records, domain_post=None):
        """Run the rule on those of ``records`` it has not been run on in this chain of events.

        The same as stock, with one call per action for all records instead of one per record.

        :returns: what the last action that returned something has returned, else False
        """
        if self._is_switched_off():
            return False
        overrides = self._overridden_methods()
        if "_process" in overrides:
            return super()._process(records, domain_post=domain_post)
        if not records:
            return False
        context = self.env.context
        done = context.get("__action_done", {})
        # What has been done is kept without context. Recordsets whose context holds the very
        # dictionary they are kept in would form a cycle, each run would leave its environments
        # behind until the next garbage collection, and Odoo scans all of them for each new one.
        bare = self.env(context={})
        records_done = done.get(self, records.browse()).with_env(bare)
        records = records - records_done
        if not records:
            return False
        rule, key = self, self.with_env(bare)
        if context.get("__action_feedback") or records.env.context.get("__action_feedback"):
            # A filter is being evaluated, and computing a field for it has brought us here: note
            # it where the evaluation that is going on will see it.
            done[key] = records_done + records
        else:
            done = ActionDone(done)
            done[key] = records_done + records
            rule = self.with_context(__action_done=done)
            records = records.with_env(rule.env)
        records = rule._filter_changed(records, overrides)
        done[key] = records_done + records
        return rule._run_on(records, domain_post) if records else False

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
        if self.paused:
            return self.env[self.model_name]
        return super()._search_time_based_automation_records(until=until)

    def _execute_webhook(self, payload):
        if self.paused:
            return None
        return super()._execute_webhook(payload)

    def _filter_changed(self, records, overrides):
        """Return the records of which a watched field has changed."""
        if "_check_trigger_fields" in overrides:
            return records.filtered(self._check_trigger_fields)
        old_values = self.env.context.get("old_values")
        names = old_values is not None and self.sudo().trigger_field_ids.mapped("name")
        if not names:
            return records
        ids = [
            record.id
            for record in records.sudo()
            if _differs(record, old_values.get(record.id, {}), names)
        ]
        return records if len(ids) == len(records) else records.browse(ids)

    def _run_on(self, records, domain_post):
        """Run the actions, each once for all ``records``; see :meth:`_process`."""
        result = False
        if "date_automation_last" in records._fields:
            records.date_automation_last = self.env.cr.now()
        try:
            for action in self.sudo().action_server_ids:
                result = action._run_for_rule(records, domain_post) or result
        except Exception as exc:
            self._add_postmortem(exc)
            raise
        finally:
            next_generation(self.env.cr)
        return result


def _differs(record, old, names):
    """Tell whether one of the fields ``names`` that were written has another value than before."""
    return any(name in old and (old[name] is None or record[name] != old[name]) for name in names)


def rule_key(rule_id):
    """Return the key of the subscriptions of a rule."""
    return f"base.automation,{rule_id}"


def _is_indexed(name):
    return name not in _NOT_INDEXED and not name.startswith(_NOT_INDEXED_PREFIXES)
