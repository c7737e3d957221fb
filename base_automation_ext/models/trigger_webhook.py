"""Trigger of stock Odoo: another system calls the address of the rule.

Stock runs such a rule on whatever record the call is about, and answers “ok”, or “error” without a
reason. Here the filter of the rule is asked too, and whoever calls learns what became of the call.
"""

from odoo import api, fields, models

TRIGGER = "on_webhook"
#: Context key of the :class:`Call` that is being answered.
CALL_KEY = "base_automation_ext_call"


class Call:
    """One call of the address of a rule, and what became of it."""

    def __init__(self):
        self._is_open = True
        self.has_run = False
        self.reasons = []
        """Sentences on why the rule did not run, or not on all records."""
        self.conflict = None
        """The error that says another transaction was faster, if there was one."""

    def take(self):
        """Tell whether this is the firing the call has asked for; what that causes is not."""
        is_open, self._is_open = self._is_open, False
        return is_open

    def answer(self):
        """Return what the caller gets besides stock's ``status``; nothing if all went well."""
        if not self.reasons:
            return {}
        status = {} if self.has_run else {"status": "ignored"}
        return {**status, "reason": " ".join(self.reasons)}


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    webhook_filter = fields.Boolean(
        string="Filter Calls",
        default=True,
        tracking=True,
        help="A call about a record that does not match the filter does nothing, and the answer "
        "says so. Otherwise the filter is ignored, as stock Odoo does; this is how rules go on "
        "that were there before.",
    )

    def _init_column(self, column_name):
        # Rules that are there when the addon is installed behave as they did: no default for them.
        return None if column_name == "webhook_filter" else super()._init_column(column_name)

    @api.depends("webhook_filter")
    def _compute_can_filter(self):
        result = super()._compute_can_filter()
        for rule in self:
            if rule.trigger == TRIGGER and not rule.webhook_filter:
                rule.can_filter_after = False
        return result

    def _execute_webhook(self, payload):
        call = self.env.context.get(CALL_KEY) or Call()
        if reason := self._why_waiting():
            call.reasons.append(reason)
            return None
        rule = self.with_context(**{CALL_KEY: call})
        return super(BaseAutomation, rule)._execute_webhook(payload)

    def _records_of_call(self, call, records):
        """Return those of the records a call is about that the rule wants."""
        rule = self.sudo()
        if not (rule.can_filter_after and rule.filter_domain):
            return records
        # A call may name a record of any model, which no filter of this one fits.
        wanted = records.browse()
        if records._name == rule.model_name:
            wanted = self._filter_post(records)
        if count := len(records) - len(wanted):
            reason = self.env._("The record does not match the filter of the rule.")
            call.reasons.append(rule._of_so_many(count, len(records), reason))
        return wanted

    def _note_call(self, call, wanted, ran):
        """Note what became of a call.

        :param wanted: the records the rule was to run on
        :param ran: those it has run on, or is going to
        """
        call.has_run = bool(ran)
        call.reasons += self.sudo()._reasons_of_refusal(wanted - ran, len(wanted))
