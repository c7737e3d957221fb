"""How often a rule may fire: per record, per period, per key."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.expression_names import expression_names
from ..core.guards import COOLDOWN, PER_PERIOD, PER_RECORD, SAME_KEY, Limits, period

UNITS = [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks")]
#: Firings per period are counted in rows that exist before they are needed.
MAX_PER_PERIOD = 10_000
#: Stands for the record where a rule fires without one.
NO_RECORD = 0

_NUMBERS = (
    "limit_per_record",
    "limit_count",
    "limit_number",
    "cooldown_number",
    "unique_number",
    "max_chain_depth",
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    limit_per_record = fields.Integer(
        string="Firings per Record",
        help="The rule never fires more often than this on the same record. 0 for no limit.",
    )
    limit_count = fields.Integer(
        string="Firings per Period",
        help="The rule fires on at most this many records within the period; what exceeds it is "
        "left out. 0 for no limit. To spread firings instead of leaving them out, use “At Most”.",
    )
    limit_number = fields.Integer(string="Period", default=1)
    limit_unit = fields.Selection(UNITS, string="Unit of the Period", default="days", required=True)
    cooldown_number = fields.Integer(
        string="Cool-Down",
        help="After it has fired on a record, the rule leaves it alone for this long. "
        "0 for no cool-down.",
    )
    cooldown_unit = fields.Selection(
        UNITS, string="Unit of the Cool-Down", default="minutes", required=True
    )
    unique_key = fields.Char(
        string="Once For",
        help="A Python expression. The rule fires once for each of its values, for example: "
        "record.partner_id.id fires once per customer. Records for which it is empty are not "
        "limited.",
    )
    unique_number = fields.Integer(
        string="Again After",
        help="Time after which the rule may fire again for the same value. 0 for never.",
    )
    unique_unit = fields.Selection(UNITS, string="Unit of “Again”", default="days", required=True)

    @api.constrains(*_NUMBERS)
    def _check_limits(self):
        for rule in self:
            for name in _NUMBERS:
                if rule[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” of the automation rule “%(rule)s” cannot be negative.",
                            field=rule._fields[name]._description_string(self.env),
                            rule=rule.name,
                        )
                    )
            if rule.limit_count and not 0 < rule.limit_count <= MAX_PER_PERIOD:
                raise ValidationError(
                    self.env._(
                        "The automation rule “%(rule)s” can be limited to at most %(count)s "
                        "firings per period. Choose a shorter period.",
                        rule=rule.name,
                        count=MAX_PER_PERIOD,
                    )
                )
            if rule.limit_count and not rule.limit_number:
                raise ValidationError(
                    self.env._(
                        "Say in which period the automation rule “%(rule)s” may fire "
                        "%(count)s times.",
                        rule=rule.name,
                        count=rule.limit_count,
                    )
                )

    @api.constrains("unique_key", "model_id")
    def _check_unique_key(self):
        for rule in self:
            text = (rule.unique_key or "").strip()
            if text and (problem := rule._key_problem(text)):
                raise ValidationError(
                    self.env._(
                        "“Once For” of the automation rule “%(rule)s” is not a valid expression: "
                        "%(problem)s",
                        rule=rule.name,
                        problem=problem,
                    )
                )

    def _key_problem(self, text):
        if problem := self.env["ir.actions.server"]._check_source(text):
            return problem
        names = expression_names(text)
        if unknown := names.unknown(self._known_filter_names(with_record=True)):
            return self.env._("the name “%(name)s” is unknown.", name=unknown[0])
        return self._fields_problem(names.fields)

    # -- asking and counting ----------------------------------------------------------------------

    def _limits(self):
        """Return the rule's limits, or None when it has none."""
        limits = Limits(
            per_record=self.limit_per_record,
            cooldown=period(self.cooldown_number, self.cooldown_unit),
            has_key=bool((self.unique_key or "").strip()),
            key_period=period(self.unique_number, self.unique_unit) if self.unique_number else None,
            per_period=self.limit_count,
            period=period(self.limit_number, self.limit_unit),
        )
        is_limited = limits.remembers_records or limits.has_key or limits.per_period
        return limits if is_limited else None

    def _within_limits(self, records):
        """Return those of ``records`` the rule may fire on, and count them as fired on."""
        rule = self.sudo()
        limits = rule._limits()
        if limits is None or not records:
            return records
        admitted = self._admit(limits, records)
        return records if len(admitted) == len(records) else records.browse(admitted)

    def _may_run_without_records(self):
        """Tell whether the rule may fire without a record, and count it as a firing."""
        limits = self.sudo()._limits()
        return limits is None or bool(self._admit(limits, self.env[self.model_name]))

    def _admit(self, limits, records):
        """Return the ids of those of ``records`` the limits allow, counted as fired on."""
        rule, firings = self.sudo(), self.env["base.automation.firing"].sudo()
        return firings._admit(rule, limits, rule._keys_of(records, limits)).admitted

    def _refused_by_limits(self, records):
        """Tell which records the limits would refuse now, without counting anything.

        :returns: ``{id: reason in words}``
        """
        rule = self.sudo()
        limits = rule._limits()
        if limits is None or not records:
            return {}
        found = (
            self.env["base.automation.firing"]
            .sudo()
            ._decide(rule, limits, rule._keys_of(records, limits))
        )
        words = {
            PER_RECORD: self.env._("It has already fired on this record as often as it may."),
            COOLDOWN: self.env._("It fired on this record a short time ago."),
            SAME_KEY: self.env._("It has already fired for the same value of “Once For”."),
            PER_PERIOD: self.env._("It has already fired as often as it may in this period."),
        }
        return {record_id: words[reason] for record_id, reason in found.refused.items()}

    def _keys_of(self, records, limits):
        """Return list of (record id, key or None)."""
        ids = records._ids or (NO_RECORD,)
        if not limits.has_key:
            return [(record_id, None) for record_id in ids]
        what = self.env._("expression “Once For”")
        values = self._evaluate_on(
            self.unique_key, records.sudo(), records.env.context.get("old_values"), what
        )
        return [(record_id, _key_text(value)) for record_id, value in zip(ids, values, strict=True)]

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered("limit_count")._sync_firing_slots()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if not {"limit_count", "limit_per_record", "cooldown_number", "unique_key"}.isdisjoint(
            vals
        ):
            self._sync_firing_slots()
        return result

    def _sync_firing_slots(self):
        self.env["base.automation.firing"].sudo()._sync(self.sudo())


def _key_text(value):
    """Return a key as text; None for an empty one, which is no key."""
    ids = getattr(value, "_ids", None)
    if ids is not None:
        value = f"{value._name}:{','.join(map(str, ids))}" if ids else None
    return None if value is None or value is False or value == "" else str(value)
