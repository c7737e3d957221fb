"""Why a rule runs on a record, or why not: asked on demand, never worked out while rules run.

Whatever can keep a rule from running adds its answer by extending ``_explain_steps(record)``:
``return super()._explain_steps(record) + [(label, verdict, reason)]``. A trigger may say more about
a record in ``_explain_trigger_<key>(record)``, which returns ``(verdict, reason)``.
"""

from odoo import models
from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tools.misc import format_datetime

from odoo.addons.server_action_engine.core.errors import ConfigurationError, root_cause
from odoo.addons.server_action_engine.models.dry_run_recorder import Recorder
from odoo.addons.server_action_engine.models.dry_run_sandbox import sandbox
from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

from ..core.condition_tree import Leaf, conditions_of, parse_filter, split_conditions
from ..core.verdict import MAYBE, NO, YES

#: Kinds of fields whose value says nothing beside the condition.
_UNSPOKEN = frozenset({"", "binary", "boolean", "html", "json"})
#: Watched fields whose values are told.
_MAX_VALUES = 3


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def get_explanation(self, record_id):
        """Explain the rule on one record, for the form.

        :returns: ``{"record": name, "verdict": …, "text": sentence, "steps": [{"label", "verdict",
            "reason"}]}``
        """
        self.ensure_one()
        # Conditions are evaluated: only who may write rules gets to do that.
        self.check_access("write")
        model = self.env[self.model_name].with_context(active_test=False)
        record = model.browse(record_id).exists()
        if not record:
            return False
        record.check_access("read")
        # An expression may do more than look.
        with sandbox(self.env, Recorder()):
            return self._explain(record)

    def _explain(self, record):
        steps = self._explain_steps(record) + self._explain_actions(record)
        refused = [reason for _label, verdict, reason in steps if verdict == NO]
        if refused:
            text = self.env._(
                "The rule does not run on “%(record)s”. %(reason)s",
                record=record.display_name,
                reason=refused[0],
            )
        else:
            text = self.env._(
                "Nothing keeps the rule from running on “%(record)s”: it runs when its trigger "
                "happens.",
                record=record.display_name,
            )
        return {
            "record": record.display_name,
            "verdict": NO if refused else YES,
            "text": text,
            "steps": [
                {"label": label, "verdict": verdict, "reason": reason}
                for label, verdict, reason in steps
            ],
        }

    def _explain_steps(self, record):
        """Return what says yes or no before any action: a list of (label, verdict, reason)."""
        return [
            self._explain_switch(),
            self._explain_trigger(record),
            *self._explain_filter_before(record),
            *self._explain_filter_after(record),
        ]

    # -- parts ------------------------------------------------------------------------------------

    def _explain_switch(self):
        label = self.env._("Switched on")
        if is_disabled():
            reason = self.env._("All rules are switched off in the configuration of the server.")
        elif self._is_globally_paused():
            reason = self.env._("All rules of this database are paused.")
        elif not self.active:
            reason = self.env._("The rule is archived.")
        elif self.paused:
            reason = self.env._("The rule is paused.")
        else:
            return label, YES, self.env._("The rule is active.")
        return label, NO, reason

    def _explain_trigger(self, record):
        own = getattr(self, f"_explain_trigger_{self.trigger}", None)
        verdict, reason = (own and own(record)) or (MAYBE, f"{self._sentence_opening()}.")
        parts = [reason, *self._values_now(record), self._last_run_on(record)]
        return self.env._("Trigger"), verdict, " ".join(parts)

    def _values_now(self, record):
        """Return the values of the fields the rule watches, a sentence each."""
        speaker = self._speaker()
        said = []
        for name in sorted(self._watched_fields() or ())[:_MAX_VALUES]:
            value = self._actual_value(speaker, Leaf(name, "=", None), record)
            if value:
                field = speaker.field(name)
                said.append(self.env._("Now %(field)s is %(value)s.", field=field, value=value))
        return said

    def _last_run_on(self, record):
        run = (
            self.env["server.action.run"]
            .sudo()
            .search(
                [
                    ("origin_model", "=", self._name),
                    ("origin_id", "=", self.id),
                    ("model", "=", record._name),
                    ("record_id", "=", record.id),
                ],
                limit=1,
            )
        )
        if not run:
            return self.env._("The run log knows of no run on this record.")
        moment = format_datetime(self.env, run.started, dt_format="short")
        return self.env._("It last ran on this record on %(moment)s.", moment=moment)

    def _explain_filter_before(self, record):
        if not self.can_filter_before:
            return []
        label = self.env._("Before the change")
        tree = parse_filter(self.filter_pre_domain)
        return self._explain_conditions(label, self.filter_pre_domain, tree, (), record)

    def _explain_filter_after(self, record):
        if not self.can_filter_after:
            return []
        label = self.env._("Filter")
        # What the trigger waits for is no condition on the record as it is now.
        said = conditions_of(self._implied_filter())
        tree = parse_filter(self.filter_domain)
        return self._explain_conditions(label, self.filter_domain, tree, said, record)

    def _explain_conditions(self, label, text, tree, said, record):
        """Return one step for each condition of a filter.

        :param said: conditions to leave out
        """
        if not set(conditions_of(tree)) - set(said):
            return [(label, YES, self.env._("No condition."))]
        try:
            return [
                self._explain_condition(label, node, part, record)
                for node, part in self._condition_parts(text)
                if node not in said
            ]
        except (ValueError, TypeError, KeyError) as exc:
            reason = self.env._(
                "The filter cannot be evaluated: %(problem)s", problem=root_cause(exc)
            )
            return [(label, NO, reason)]

    def _condition_parts(self, text):
        """Return (condition for words, domain) for each condition of a filter."""
        tree, domain = parse_filter(text), self._evaluate_domain(text)
        nodes, parts = conditions_of(tree), split_conditions(domain)
        if len(parts) != len(nodes):
            # Put together by an expression: only the whole can be judged.
            return [(tree, domain)]
        return list(zip(nodes, parts, strict=True))

    def _explain_condition(self, label, node, domain, record):
        speaker = self._speaker()
        words = speaker.condition(node)
        # Rules look at records without access rights.
        if record.sudo().filtered_domain(domain):
            return label, YES, self.env._("Yes: %(condition)s.", condition=words)
        actual = self._actual_value(speaker, node, record)
        if actual:
            reason = self.env._(
                "Not true: %(condition)s. It is %(actual)s.", condition=words, actual=actual
            )
        else:
            reason = self.env._("Not true: %(condition)s.", condition=words)
        return label, NO, reason

    def _actual_value(self, speaker, node, record):
        """Return the value a condition looks at, in words; empty where there is no single one."""
        if not isinstance(node, Leaf) or speaker.words.field(node.path).kind in _UNSPOKEN:
            return ""
        *steps, name = node.path.split(".")
        try:
            owner = record.mapped(".".join(steps)) if steps else record
            if len(owner) > 1 or name == "id":
                return ""
            value = owner[name]
        except AccessError:
            return ""
        if isinstance(value, BaseModel):
            value = tuple(value.ids)
        return speaker.values(node.path, False if value in ("", None, ()) else value)

    def _explain_actions(self, record):
        """Return what each action says to the record."""
        return [action._explain_for_rule(record) for action in self.sudo().action_server_ids]


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _explain_for_rule(self, record):
        """Return ``(label, verdict, reason)`` for an action of a rule on one record."""
        label = self.env._("Action “%(action)s”", action=self.name)
        if self.group_ids:
            reason = self.env._(
                "Only when a member of %(groups)s makes the change.",
                groups=", ".join(self.group_ids.mapped("display_name")),
            )
            return label, MAYBE, reason
        if not self._has_condition():
            return label, YES, self.env._("Runs on every record that gets here.")
        rule = self.base_automation_id
        words = self._sentence_conditions(rule._speaker())
        action = self.with_context(
            active_model=record._name, active_ids=record.ids, active_id=record.id
        )
        try:
            kept = action._filter_by_condition(record, action._get_eval_context(action))
        except ConfigurationError as exc:
            reason = self.env._("Depends on the change: %(problem)s", problem=exc)
            return label, MAYBE, reason
        if kept:
            return label, YES, self.env._("Yes: %(condition)s.", condition=words)
        return label, NO, self.env._("Not true: %(condition)s.", condition=words)
