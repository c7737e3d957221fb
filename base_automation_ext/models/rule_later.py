"""Rules that do not run at once: after some quiet time, or not too many in a period."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.server_action_engine.models.error_policy import RETRY

from ..core.guards import period
from .old_value_rows import pack, unpack
from .old_values import all_old_of
from .rule_limits import UNITS

_LATER = frozenset(
    {
        "name",
        "model_id",
        "on_error",
        "debounce_number",
        "rate_limit",
        "rate_number",
        "rate_unit",
    }
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    debounce_number = fields.Integer(
        string="Wait for Quiet",
        help="The rule runs on a record when nothing has happened to it for this time; each "
        "further event puts it off. It then looks once more whether the record meets its filter. "
        "0 to run at once.",
    )
    debounce_unit = fields.Selection(
        UNITS, string="Unit of Quiet", default="minutes", required=True
    )
    rate_limit = fields.Integer(
        string="At Most",
        help="The rule runs in the background on at most this many records within the period; "
        "the others wait for their turn. 0 to run at once.",
    )
    rate_number = fields.Integer(string="Within", default=1)
    rate_unit = fields.Selection(
        UNITS, string="Unit of “At Most”", default="minutes", required=True
    )
    later_action_id = fields.Many2one(
        "ir.actions.server",
        string="Background Action",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="What the background tasks of the rule run.",
    )

    @api.constrains("debounce_number", "rate_limit", "rate_number", "trigger")
    def _check_later(self):
        for rule in self:
            if rule.debounce_number < 0 or rule.rate_limit < 0 or rule.rate_number < 0:
                raise ValidationError(
                    self.env._(
                        "The times and numbers of the automation rule “%(rule)s” cannot be "
                        "negative.",
                        rule=rule.name,
                    )
                )
            if rule.rate_limit and not rule.rate_number:
                raise ValidationError(
                    self.env._(
                        "Say within which time the automation rule “%(rule)s” may run on at most "
                        "%(count)s records.",
                        rule=rule.name,
                        count=rule.rate_limit,
                    )
                )
            if rule._runs_later() and rule.trigger in ("on_unlink", "on_change"):
                raise ValidationError(
                    self.env._(
                        "The automation rule “%(rule)s” cannot run later: there is no saved record "
                        "any more, or not yet.",
                        rule=rule.name,
                    )
                )

    # -- keeping what the tasks need --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered(lambda rule: rule._runs_later())._sync_later()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if not _LATER.isdisjoint(vals):
            self.filtered(lambda rule: rule._runs_later() or rule.later_action_id)._sync_later()
        return result

    def unlink(self):
        # Administrators who may delete rules need not be able to delete these.
        actions = self.sudo().later_action_id
        self.sudo()._rate_group().unlink()
        result = super().unlink()
        actions.unlink()
        return result

    def _sync_later(self):
        """Bring the action and the rate of the rules' tasks up to date."""
        for rule in self.sudo():
            values = {
                "name": self.env._("Run the rule “%(rule)s”", rule=rule.name),
                "model_id": rule.model_id.id,
                "state": "rule",
                "rule_run_id": rule.id,
                "on_error": RETRY if rule.on_error == RETRY else False,
                "usage": "base_automation",
            }
            if rule.later_action_id:
                rule.later_action_id.write(values)
            else:
                rule.later_action_id = self.env["ir.actions.server"].sudo().create(values)
            rule._sync_rate()

    def _sync_rate(self):
        group = self._rate_group()
        if not self.rate_limit:
            group.unlink()
            return
        seconds = period(self.rate_number, self.rate_unit).total_seconds()
        values = {"rate_count": self.rate_limit, "rate_seconds": int(seconds)}
        if group:
            group.write(values)
        else:
            group.create({"name": self._rate_group_name(), **values})

    def _rate_group(self):
        names = [rule._rate_group_name() for rule in self]
        return self.env["server.action.task.group"].search([("name", "in", names)])

    def _rate_group_name(self):
        return f"{self._name},{self.id}"

    # -- running later ----------------------------------------------------------------------------

    def _runs_later(self):
        rule = self.sudo()
        return bool(rule.debounce_number or rule.rate_limit)

    def _run_later(self, records):
        """Have the rule run on ``records`` in the background.

        :returns: ``records``
        """
        rule = self.sudo()
        if not rule.later_action_id:
            rule._sync_later()
        options = {"origin": rule}
        if rule.rate_limit:
            options["group"] = rule._rate_group_name()
        for part, values in self._parts_with_old_values(records):
            # The actions of a rule run in superuser mode, as they do at once.
            self._enqueue_rule(rule, part.sudo(), values=values, **options)
        return records

    def _enqueue_rule(self, rule, records, **options):
        tasks = self.env["server.action.task"].sudo()
        if not rule.debounce_number:
            return tasks._enqueue(rule.later_action_id, records, **options)
        return tasks._enqueue_when_quiet(
            rule.later_action_id,
            records,
            quiet_seconds=period(rule.debounce_number, rule.debounce_unit).total_seconds(),
            idempotency_key=rule._rate_group_name(),
            **options,
        )

    def _parts_with_old_values(self, records):
        """Yield (records, values of their task): together, unless their old values are needed."""
        old_values = self.env.context.get("old_values")
        if not old_values or not self.sudo().action_server_ids._compare_old_values():
            yield records, None
            return
        for record in records:
            yield record, {"old": pack(record.sudo(), all_old_of(old_values, record.id))}

    def _run_due(self, records, values):
        """Run the rule on records whose time has come.

        :param values: what :meth:`_run_later` kept for them
        :returns: the records it ran on
        """
        rule = self.sudo()
        if not rule.active or rule.paused or self._is_globally_paused():
            return records.browse()
        old = None
        if values and values.get("old"):
            old = unpack(records.browse(), {records.id: values["old"]})
        return self.env["base.automation.subscriber"]._run_due(rule, records, old)
