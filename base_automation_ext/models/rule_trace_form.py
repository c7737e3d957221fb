"""Trace of rules on forms that are being edited: why one has set something, warned, or kept still.

What is being edited may be no record yet; then the line names none, and says so.
"""

from odoo import models
from odoo.tools import format_list

from .rule_trace import NO, RAN, is_traced


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _trace_form(self, record, verdict, *reasons):
        """Write down a decision about the record being edited."""
        if not record._origin:
            reasons = (*reasons, self.env._("The record is new and not saved yet."))
        self._trace(record, verdict, " ".join(reasons))

    def _trace_form_unheard(self, record, names):
        """Write down that only fields were edited which the rule does not watch."""
        # Opening the form of a new record is no edit.
        if names and is_traced(self.sudo()):
            fields = self._labels_of(record, names)
            said = self.env._("Edited, but not watched by the rule: %(fields)s.", fields=fields)
            self._trace_form(record, NO, said)

    def _trace_form_refusal(self, record, inside):
        """Write down who refused ``record``.

        :param inside: the record if it is in the scope of the rule
        """
        if not is_traced(self.sudo()):
            return
        if inside:
            said = self.sudo()._spoken_refusal("filter_domain", record)
        else:
            said = self._scope_refusal(record)
        self._trace_form(record, NO, said)

    def _trace_form_ran(self, record, names, is_warned):
        """Write down what the rule has done to the form.

        :param names: fields of ``record`` it has set
        """
        if not is_traced(self.sudo()):
            return
        said = [self.env._("The actions were run.")] if self.sudo().action_server_ids else []
        if names:
            fields = self._labels_of(record, names)
            said.append(self.env._("Set: %(fields)s.", fields=fields))
        if is_warned:
            said.append(self.env._("A warning was shown."))
        self._trace_form(record, RAN, *said)

    def _labels_of(self, record, names):
        """Return the labels of fields of ``record`` as one text."""
        fields = [record._fields[name] for name in names if name in record._fields]
        labels = [field._description_string(self.env) for field in fields]
        return format_list(self.env, labels)
