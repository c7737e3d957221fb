"""Why a rule that was asked to run did not, in sentences for whoever asked: a person, a system."""

from collections import Counter

from odoo import models

from odoo.addons.server_action_engine.core.errors import ConfigurationError
from odoo.addons.server_action_engine.models.event_hook_gate import is_disabled

from .rule_scope import acts_for, in_companies


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _why_waiting(self):
        """Return why the rule does nothing at all at the moment, or an empty string."""
        if is_disabled():
            return self.env._("All rules are switched off in the configuration of the server.")
        if self._is_globally_paused():
            return self.env._("All rules of this database are paused.")
        if self.paused:
            return self.env._("The rule is paused until somebody resumes it.")
        return ""

    def _reasons_of_refusal(self, records, total):
        """Return sentences that say why the rule has not run on ``records``.

        To be asked afterwards: what has refused them once, refuses them still.

        :param records: in the environment the rule was to run in
        :param total: of how many records these are the ones
        """
        scope = self._scope()
        if records and scope and not acts_for(scope, records.env):
            return [self.env._("The rule is not meant for this user.")]
        inside = in_companies(scope, records) if scope else records
        refused = self._refused_or_nothing(inside)
        reasons = Counter()
        for record in records:
            if record not in inside:
                reason = self.env._("The rule is not meant for records of this company.")
            else:
                reason = refused.get(record.id) or self.env._(
                    "The rule failed; an administrator finds the reason in the log."
                )
            reasons[reason] += 1
        return [self._of_so_many(count, total, reason) for reason, count in reasons.items()]

    def _refused_or_nothing(self, records):
        try:
            return self._refused_by_limits(records)
        except ConfigurationError:
            # “Once For” cannot be evaluated, and that is why it failed.
            return {}

    def _of_so_many(self, count, total, reason):
        """Return a reason that concerns some of the records, all of them if there is one."""
        if count == total == 1:
            return reason
        return self.env._(
            "Left out %(count)s of %(total)s records: %(reason)s",
            count=count,
            total=total,
            reason=reason,
        )
