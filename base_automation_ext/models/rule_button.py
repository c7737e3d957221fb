"""Showing the buttons of rules in views, and what happens when one is pressed."""

import hashlib

from lxml import etree

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import safe_eval

from odoo.addons.server_action_engine.core.subscriptions import ONCHANGE, SIGNAL

from .environments import RESULTS, Results
from .rule_entry import make_entry
from .trigger_button import TRIGGER

#: Key in the context of a button: the rule behind it.
BUTTON_KEY = "base_automation_ext_button"
#: What rules and actions hand each other in the context.
_OWN_KEYS = frozenset({"onchange_self", "old_values", "domain_post", "changed_fields"})
_OWN_PREFIXES = ("__", "server_action_engine", "base_automation_ext")
#: Values for new records of the view the button stands in. What a rule creates is something else,
#: and is created in superuser mode.
_DEFAULTS = "default_"


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        entries = self.env["base.automation"]._button_entries(self._name, view_type)
        if not entries:
            return key
        # The key changes with the buttons, so no cache has to be emptied: neither does a
        # transaction show its unsaved buttons to others, nor keeps a worker old ones.
        return (*key, *(("automation_button", entry.trigger.look) for entry in entries))

    @api.model
    def _get_view_postprocessed(self, view, arch, **options):
        # Only the view that is asked for passes here, not those inside its fields.
        entries = self.env["base.automation"]._button_entries(self._name, arch.tag)
        if entries:
            rules = self.env["base.automation"].browse(entry.id for entry in entries)
            rules.sudo()._add_buttons(arch)
        return super()._get_view_postprocessed(view, arch, **options)

    def action_run_automation_button(self):
        """Run the rule behind a button on the records; the rule is named by the context.

        Anybody may call this with any context: nothing in it is believed.

        :returns: the action of the last of the rule's actions that returned one
        """
        rule_id = self.env.context.get(BUTTON_KEY)
        return self.env["base.automation"]._press_button(rule_id, self)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _button_entries(self, model_name, view_type):
        """Return the entries of the rules with a button in a type of view, in order."""
        found = self.env["base.automation.subscriber"]._event_subscriptions_to(model_name, SIGNAL)
        return [
            subscription.payload
            for subscription in found
            if _is_button(subscription) and view_type in subscription.payload.trigger.view_types
        ]

    @api.model
    def _mark_of_views(self):
        """Return a text that changes whenever rules change what views look like; "" without any."""
        subscriber = self.env["base.automation.subscriber"]
        buttons = subscriber._event_subscriptions_everywhere(SIGNAL)
        marks = [f"{one.key} {one.payload.trigger.look}" for one in buttons if _is_button(one)]
        for live in subscriber._event_subscriptions_everywhere(ONCHANGE):
            # Views say of each field whether a change of it has to be asked about.
            marks.append(f"{live.key} {live.model} {sorted(live.fields or ())}")
        if not marks:
            return ""
        return hashlib.sha256("\n".join(sorted(marks)).encode()).hexdigest()[:16]

    def _add_buttons(self, arch):
        """Put the buttons of the rules into the header of a view, behind those that are there."""
        header = arch.find("header")
        if header is None:
            header = etree.Element("header")
            arch.insert(0, header)
        for rule in self:
            header.append(rule._button_node(arch.tag))

    def _button_node(self, view_type):
        attributes = {
            "name": "action_run_automation_button",
            "type": "object",
            "string": self._button_text(),
            "context": repr({BUTTON_KEY: self.id}),
            "icon": self.button_icon,
            "confirm": self.button_confirm,
            "groups": self._button_groups(),
        }
        if view_type == "form" and (condition := self._button_condition()):
            # Above a list there is no record to look at.
            attributes["invisible"] = f"not ({condition})"
        return etree.Element("button", {name: text for name, text in attributes.items() if text})

    def _button_groups(self):
        """Return the groups as views name them; a group without an external id by its id."""
        names = self.button_group_ids.get_external_id()
        return ",".join(names[group.id] or str(group.id) for group in self.button_group_ids)

    # -- pressing ---------------------------------------------------------------------------------

    @api.model
    def _press_button(self, rule_id, records):
        """Run the rule ``rule_id`` on ``records`` if their user may have it run.

        :returns: an action for the web client, or False
        :raises AccessError: it is no button of these records for this user
        :raises UserError: it is paused, or not meant for any of these records
        """
        rule = self._button_of(rule_id, records)
        records = records.exists()
        records.check_access("read")
        records.check_access(rule.button_access)
        if reason := rule._why_waiting():
            raise UserError(
                self.env._(
                    "“%(button)s” does nothing at the moment. %(reason)s",
                    button=rule._button_text(),
                    reason=reason,
                )
            )
        shown = records.sudo().filtered_domain(rule._button_domain()).with_env(records.env)
        wanted = rule._filter_post(shown)
        if not wanted:
            raise UserError(
                self.env._(
                    "“%(button)s” is not meant for any of the records you have chosen: they do not "
                    "match the filter of the rule behind it.",
                    button=rule._button_text(),
                )
                if records
                else self.env._("Choose the records first.")
            )
        wanted = wanted.with_context(_without_promises(self.env.context))  # pylint: disable=context-overridden
        results = Results(rule.id)
        wanted = wanted.with_context(**{RESULTS: results})
        ran = self.env["base.automation.subscriber"]._fire(make_entry(rule), wanted)
        return rule._answer_to_press(records, wanted, ran, results[-1] if results else False)

    @api.model
    def _button_of(self, rule_id, records):
        """Return the rule, in superuser mode, if it is a button of ``records`` for their user."""
        rule = self.sudo().browse(rule_id if type(rule_id) is int else ()).exists()
        groups = rule.button_group_ids
        if not (
            rule.trigger == TRIGGER
            and rule.active
            and rule.model_name == records._name
            and (not groups or groups & self.env.user.all_group_ids)
        ):
            # The same for all reasons: what rules there are is nobody's business.
            raise AccessError(
                self.env._(
                    "This button does not exist for you on %(model)s. It may have been changed "
                    "meanwhile: reload the page.",
                    model=records._description,
                )
            )
        return rule

    def _button_domain(self):
        """Return “Shown If” as a domain for the current user."""
        if not self.button_domain:
            return []
        return safe_eval.safe_eval(self.button_domain, self._get_eval_context())


def _without_promises(context):
    """Return the context without what the engine tells itself by it, which a caller cannot, and
    without values for what the rule creates.
    """
    return {
        key: value
        for key, value in context.items()
        if not key.startswith((*_OWN_PREFIXES, _DEFAULTS)) and key not in _OWN_KEYS
    }


def _is_button(subscription):
    trigger = getattr(subscription.payload, "trigger", None)
    return trigger is not None and trigger.key == TRIGGER
