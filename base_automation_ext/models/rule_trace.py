"""Trace: for an hour, what one rule decides is written down, on which record, and what said no.

Rules that are not traced pay for nothing but the question whether they are. What is traced belongs
to the transaction: what is undone has not happened. *Explain* answers for one record as it is now
(``rule_explain.py``); a trace tells what was.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .rule_scope import acts_for

_logger = logging.getLogger(__name__)

#: How long a rule is traced, at most.
DURATION = timedelta(hours=1)
#: Records of one event whose decision is written down.
MAX_RECORDS = 50
RAN, LATER, NO = "ran", "later", "no"


class BaseAutomationTrace(models.Model):
    _name = "base.automation.trace"
    _description = "Decision of a Traced Automation Rule"
    _order = "id desc"
    _log_access = False
    _allow_sudo_commands = False

    rule_id = fields.Many2one(
        "base.automation", required=True, readonly=True, ondelete="cascade", index=True
    )
    moment = fields.Datetime(string="When", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    model = fields.Char(string="Model Name", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="model", readonly=True)
    verdict = fields.Selection(
        [(RAN, "Ran"), (LATER, "Will run later"), (NO, "Did not run")], readonly=True
    )
    reason = fields.Text(readonly=True)

    @api.model
    def _add(self, rule, records, verdict, reason_of):
        """Write down what was decided about some records; about many, only how many they are.

        :param rule: the rule
        :param reason_of: function from record to sentence; asked for few of many records
        """
        shown, rest = records[:MAX_RECORDS], len(records) - MAX_RECORDS
        # What a form edits is not a record of the database, but may be about one.
        rows = [(record._origin.id or None, reason_of(record)) for record in shown]
        if rest > 0:
            more = self.env._("And %(count)s records more.", count=rest)
            rows.append((None, more))
        ids, reasons = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                "INSERT INTO base_automation_trace "
                "(rule_id, moment, user_id, model, verdict, res_id, reason) "
                "SELECT %s, clock_timestamp() AT TIME ZONE 'UTC', %s, %s, %s, item.* "
                "FROM unnest(%s::int[], %s::text[]) AS item",
                rule.id,
                records.env.uid,
                records._name,
                verdict,
                list(ids),
                list(reasons),
            )
        )

    @api.autovacuum
    def _gc_traces(self):
        """Delete what nobody has looked at for a day."""
        self.env.cr.execute(
            "DELETE FROM base_automation_trace "
            "WHERE moment < (now() AT TIME ZONE 'UTC') - interval '1 day'"
        )
        # A rule hears of everything as long as this is set.
        rules = self.env["base.automation"].with_context(active_test=False)
        rules.search([("trace_until", "<", fields.Datetime.now())]).action_trace_stop()


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trace_until = fields.Datetime(string="Traced Until", readonly=True, copy=False)
    is_traced = fields.Boolean(compute="_compute_is_traced")

    @api.depends("trace_until")
    def _compute_is_traced(self):
        for rule in self:
            rule.is_traced = is_traced(rule)

    def action_trace(self):
        """Trace the rule from now on for an hour, and show what there is."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_traced:
            self._forget_traces()
            self.trace_until = fields.Datetime.now() + DURATION
        return self.action_open_trace()

    def action_trace_stop(self):
        """End the trace; what was written down stays for a day."""
        self.trace_until = False

    def action_open_trace(self):
        """Open the decisions that were written down."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base_automation_ext.base_automation_trace_action"
        )
        action.update(domain=[("rule_id", "=", self.id)], context={})
        return action

    def _forget_traces(self):
        self.env.cr.execute("DELETE FROM base_automation_trace WHERE rule_id = %s", [self.id])
        self.env["base.automation.trace"].invalidate_model(flush=False)

    # -- writing down -----------------------------------------------------------------------------

    def _trace(self, records, verdict, reason):
        """Write down a decision about ``records``.

        :param reason: a sentence, or a function from record to sentence
        """
        if not records:
            return
        reason_of = reason if callable(reason) else lambda record: reason
        self.env["base.automation.trace"]._add(self, records, verdict, reason_of)

    def _trace_lost(self, before, after, reason):
        """Write down that the records of ``before`` that are not in ``after`` were refused."""
        if len(before) != len(after):
            kept = set(after._ids)
            lost = before.browse(id_ for id_ in before._ids if id_ not in kept)
            self._trace(lost, NO, reason)

    def _trace_filter(self, before, after, field_name):
        """Write down what a filter refused, and which of its conditions."""
        rule = self.sudo()
        self._trace_lost(before, after, lambda record: rule._spoken_refusal(field_name, record))

    def _spoken_refusal(self, field_name, record):
        label = self.env._("The filter says no.")
        if field_name == "filter_pre_domain":
            label = self.env._("The filter before the change says no.")
        try:
            broken = [
                self._speaker().condition(node)
                for node, part in self._condition_parts(self[field_name])
                if not record.sudo().filtered_domain(part)
            ]
        except (ValueError, TypeError, KeyError) as exc:
            _logger.debug("The refusal of rule #%s has no words: %s", self.id, exc)
            broken = []
        if not broken:
            return label
        return self.env._(
            "%(filter)s Not true: %(conditions)s.", filter=label, conditions="; ".join(broken)
        )

    def _trace_unheard(self, records):
        self._trace(records, NO, self.env._("None of the fields the rule watches was written."))

    def _trace_out_of_scope(self, records):
        self._trace(records, NO, self._scope_refusal(records))

    def _scope_refusal(self, records):
        """Say which part of its scope keeps the rule from records."""
        scope = self.sudo()._scope()
        if scope is not None and acts_for(scope, records.env):
            return self.env._("The rule is not meant for records of this company.")
        return self.env._("The rule is not meant for this user, or not during imports and updates.")

    def _trace_after_filters(self, matching, inside, found):
        """Write down what the scope and the change itself refused of records that match."""
        self._trace_lost(matching, inside, lambda record: self._scope_refusal(record))
        change = self.env._("What has changed is not what the rule waits for.")
        self._trace_lost(inside, found, change)

    def _trace_limits(self, before, after):
        """Write down which limit refused a record."""
        if len(before) != len(after):
            refused = self._refused_by_limits(before - after)
            self._trace_lost(before, after, lambda record: refused.get(record.id) or "")

    def _trace_ran(self, records):
        self._trace(records, RAN, self.env._("The actions were run."))

    def _trace_later(self, records):
        self._trace(records, LATER, self.env._("The rule waits for quiet, or for its turn."))


def traced(entry, records):
    """Return the rule of an entry, as the user who changes ``records``, if it is traced."""
    if not is_traced(entry):
        return None
    return records.env["base.automation"].browse(entry.id)


def is_traced(rule_or_entry):
    """Tell whether a rule is being traced; also for a ``RuleEntry``."""
    until = rule_or_entry.trace_until
    return bool(until) and until > fields.Datetime.now()
