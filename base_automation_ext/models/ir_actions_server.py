"""Server actions as parts of automation rules."""

import re

from odoo import api, models

from odoo.addons.server_action_engine.core.expression import is_blank

from ..core.triggers import trigger_class

#: Fields that say whether an action looks at old values, and where it belongs.
_INDEXED = frozenset(
    {
        "state",
        "code",
        "value",
        "condition",
        "condition_domain",
        "base_automation_id",
        "parent_id",
        "child_ids",
        "template_id",
    }
)
#: Types that decide by old values whether a record is still being computed.
_MAIL_TYPES = frozenset({"mail_post", "next_activity", "sms"})
_OLD_VALUES = re.compile(r"\b(old_values|old|changed)\b")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._rule_index_changed()
        return actions

    def write(self, vals):
        touches_index = not _INDEXED.isdisjoint(vals)
        if touches_index:
            self._rule_index_changed()
        result = super().write(vals)
        if touches_index:
            self._rule_index_changed()
        return result

    def unlink(self):
        rules = self._owning_rules()
        result = super().unlink()
        if rules:
            rules._index_changed()
        return result

    def _rule_index_changed(self):
        if rules := self._owning_rules():
            rules._index_changed()

    def _owning_rules(self):
        """Return the rules the actions are a part of, themselves or through what starts them."""
        seen = starting = self.sudo()
        while starting:
            starting = (starting.parent_id | starting._get_flow_users()) - seen
            seen |= starting
        return seen.base_automation_id.sudo(self.env.su)

    def _wants_old_values(self):
        """Tell whether one of the actions may look at values from before the change."""
        return any(action._mentions_old_values() for action in self)

    def _mentions_old_values(self):
        if self.state in _MAIL_TYPES or self._names_old_values():
            return True
        return self._parts_of_rule()._wants_old_values()

    def _compare_old_values(self):
        """Tell whether the text of one of the actions names values from before the change."""
        return any(
            action._names_old_values() or action._parts_of_rule()._compare_old_values()
            for action in self
        )

    def _parts_of_rule(self):
        return self._get_next_actions() if hasattr(self, "_get_next_actions") else self.child_ids

    def _names_old_values(self):
        return any(_OLD_VALUES.search(text) for text in self._evaluated_texts() if text)

    def _evaluated_texts(self):
        """Return the texts with expressions, some of them empty; types add theirs."""
        texts = [self.code, self.condition, self.condition_domain, self.value]
        if "value_line_ids" in self._fields:
            texts += self.value_line_ids.mapped("value")
        for text in ("subject", "body_html", "body"):
            # Of an e-mail, of a text message.
            for template in ("template_id", "sms_template_id"):
                if template in self._fields and text in self[template]._fields:
                    texts.append(self[template][text])
        for name in ("loop_expression", "branch_condition", "write_expression", "dummy_message"):
            if name in self._fields:
                texts.append(self[name])
        return texts

    def _trigger_of(self, state):
        trigger = super()._trigger_of(state)
        if trigger["kind"] == "automation" and trigger.get("model") == "base.automation":
            known = trigger_class(self.base_automation_id.trigger)
            trigger["kind"] = known.started_by if known else "automation"
        return trigger

    def _run_for_rule(self, records, domain_post):
        """Run the action for a rule on ``records``, once."""
        self.ensure_one()
        if self.group_ids and not self.group_ids & self.env.user.all_group_ids:
            # The action is for other users; that must not keep this one from saving.
            return False
        if self.state in _MAIL_TYPES:
            records = self._without_pending(records, domain_post)
            if not records:
                return False
        return self.with_context(
            active_model=records._name,
            active_ids=records.ids,
            active_id=records[:1].id,
            domain_post=domain_post,
        ).run()

    def _without_pending(self, records, domain_post):
        """Leave out the records that are still being computed.

        Stock asks one question for all active records; asked for a batch, one pending record
        would silence the action for all of them.
        """
        if not self._has_pending(records):
            return records

        def is_settled(record):
            asked = self.with_context(
                active_ids=record.ids, active_id=record.id, domain_post=domain_post
            )
            return not asked._is_recompute()

        return records.filtered(is_settled)

    def _has_pending(self, records):
        old_values = self.env.context.get("old_values")
        if not old_values:
            return False
        names = next(iter(old_values.values()), {})
        return any(records & self.env.records_to_compute(records._fields[name]) for name in names)

    def _run_action_code_multi(self, eval_context):
        records = self._stock_code_records(eval_context)
        if not records:
            return super()._run_action_code_multi(eval_context)
        with self._code_budget():
            return self._run_code_per_record(records, eval_context)

    def _stock_code_records(self, eval_context):
        """Return the records on which code without a scope runs one by one, as stock runs rules.

        :returns: None when this is not such a run
        """
        if (
            self.code_scope
            or is_blank(self.code)
            or "__action_done" not in self.env.context
            or self.env.context.get("onchange_self") is not None
            or not self._is_rule_owned()
        ):
            return None
        return eval_context.get("records")
