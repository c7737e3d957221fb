"""What scope, limits and the filter on the change say to a record, for sentence and explanation."""

from odoo import models

from ..core.verdict import MAYBE, NO, YES
from .rule_scope import in_companies


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _sentence_conditions(self, speaker):
        found = super()._sentence_conditions(speaker)
        formula = (self.filter_change or "").strip()
        if formula and self.can_filter_change:
            found.append(self.env._("“%(formula)s” is true", formula=formula))
        return found

    def _explain_steps(self, record):
        steps = super()._explain_steps(record)
        steps += self._explain_change()
        steps += self._explain_scope(record)
        steps += self._explain_limits(record)
        return steps + self._explain_later()

    def _explain_change(self):
        formula = (self.filter_change or "").strip()
        if not formula or not self.can_filter_change:
            return []
        label = self._fields["filter_change"]._description_string(self.env)
        reason = self.env._("Depends on the change: “%(formula)s” has to be true.", formula=formula)
        return [(label, MAYBE, reason)]

    def _explain_scope(self, record):
        scope = self.sudo()._scope()
        if scope is None:
            return []
        label = self.env._("For whom")
        steps = []
        if scope.company_ids:
            is_inside = bool(in_companies(scope, record))
            names = ", ".join(self.sudo().company_ids.mapped("display_name"))
            reason = self.env._("Only records of %(companies)s.", companies=names)
            steps.append((label, YES if is_inside else NO, reason))
        if scope.group_ids:
            names = ", ".join(self.sudo().only_group_ids.mapped("display_name"))
            reason = self.env._("Only when a member of %(groups)s makes the change.", groups=names)
            steps.append((label, MAYBE, reason))
        if scope.skip_import:
            steps.append((label, MAYBE, self.env._("Not when the record is imported.")))
        if scope.skip_install:
            reason = self.env._("Not during the installation or update of a module.")
            steps.append((label, MAYBE, reason))
        return steps

    def _explain_limits(self, record):
        if self.sudo()._limits() is None:
            return []
        label = self.env._("Limits")
        refused = self._refused_by_limits(record).get(record.id)
        if refused:
            return [(label, NO, refused)]
        return [(label, YES, self.env._("The limits allow it to run once more."))]

    def _explain_later(self):
        if not self._runs_later():
            return []
        reason = self.env._("It does not run at once: it waits for quiet, or for its turn.")
        return [(self.env._("When"), MAYBE, reason)]
