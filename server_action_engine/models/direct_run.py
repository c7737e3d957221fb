"""Who may start an action by its id."""

from odoo import models
from odoo.exceptions import AccessError

from ..core.frames import state_of
from .server_action_task_enqueue import PAYLOAD_KEY


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        self._check_direct_run()
        context = self.env.context
        if PAYLOAD_KEY in context and state_of(self.env.cr).task is None:
            # Only a task has such values; whoever else names some makes them up.
            context = {key: value for key, value in context.items() if key != PAYLOAD_KEY}
            return self.with_env(self.env(context=context)).run()
        return super().run()

    def _check_direct_run(self):
        """Keep users from running the actions of a rule on records of their choice.

        Such an action is meant to run when its rule says so; called directly by its id it would
        work in superuser mode on any record the caller names.
        """
        if self.env.su or self.env.user._is_system():
            return
        if self._is_started_by_parent() or self._is_started_by_task():
            return
        if owned := self.sudo().filtered(lambda action: action._is_for_rules_only()):
            raise AccessError(
                self.env._(
                    "The action “%(action)s” belongs to an automation rule and runs only when "
                    "the rule does. Ask an administrator if you need to run it by hand.",
                    action=owned[0].name,
                )
            )

    def _is_started_by_parent(self):
        """Tell whether :meth:`_run_nested` of a running action is what starts this one."""
        frame = state_of(self.env.cr).current
        return frame is not None and "child_path" in frame.scratch

    def _is_started_by_task(self):
        """Tell whether a task queued for the action starts it; who queued it was allowed to."""
        state = state_of(self.env.cr)
        return state.current is None and all(state.is_due(action_id) for action_id in self.ids)

    def _is_for_rules_only(self):
        """Tell whether nobody but a rule is meant to start the action.

        A body of a rule's loop or branch that stands in an Action menu as well is for users, too.
        """
        self.ensure_one()
        return self._is_rule_owned() and not (self.binding_model_id and not self._own_rule())

    def _is_rule_owned(self, _seen=()):
        """Tell whether the action is part of a rule: its own, its parent's, or of one that runs it.

        Addons with rules extend :meth:`_own_rule`.
        """
        self.ensure_one()
        if self.id in _seen:
            return False
        if self._own_rule():
            return True
        starters = self.parent_id | self._get_flow_users()
        return any(starter._is_rule_owned((*_seen, self.id)) for starter in starters)

    def _own_rule(self):
        """Return the rule the action belongs to itself, an empty value if there is none."""
        return "base_automation_id" in self._fields and self.base_automation_id
