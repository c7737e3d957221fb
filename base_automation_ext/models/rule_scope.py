"""For whom rules fire: companies, groups, imports, installations; and a switch for all of them."""

from odoo import api, fields, models
from odoo.tools import str2bool

from ..core.rule_scope import RuleScope

#: System parameter that stops all rules of the database at once.
PAUSED_PARAMETER = "base_automation_ext.paused"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        help="The rule concerns records of these companies only; records without a company count "
        "as those of the company the user works in. Empty means all companies.",
    )
    only_group_ids = fields.Many2many(
        "res.groups",
        relation="base_automation_only_group_rel",
        string="Groups of Users",
        help="The rule fires only when a member of one of these groups makes the change, also "
        "where the system acts in the name of that user. Empty means everybody.",
    )
    skip_import = fields.Boolean(
        string="Not When Imported", help="Records that are imported from a file are left alone."
    )
    skip_install = fields.Boolean(
        string="Not During Installation",
        help="Changes made by the installation or update of a module do not start the rule.",
    )

    def _scope(self):
        """Return the rule's scope, or None when it has no bounds."""
        scope = RuleScope(
            company_ids=frozenset(self.company_ids.ids),
            group_ids=frozenset(self.only_group_ids.ids),
            skip_import=self.skip_import,
            skip_install=self.skip_install,
        )
        return None if scope == RuleScope() else scope

    def _in_scope(self, records):
        """Return those of ``records`` the rule concerns, seen by the user who changes them."""
        scope = self.sudo()._scope()
        if scope is None:
            return records
        if not acts_for(scope, records.env):
            return records.browse()
        return in_companies(scope, records)

    @api.model
    def _is_globally_paused(self):
        """Tell whether the system parameter ``base_automation_ext.paused`` stops all rules.

        Odoo caches parameters, and the index of rules is empty meanwhile: this costs nothing per
        write.
        """
        value = self.env["ir.config_parameter"].sudo().get_param(PAUSED_PARAMETER)
        return str2bool(value or "", False)


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        parameters = super().create(vals_list)
        parameters._pause_parameter_changed()
        return parameters

    def write(self, vals):
        self._pause_parameter_changed()
        result = super().write(vals)
        self._pause_parameter_changed()
        return result

    def unlink(self):
        is_pause = PAUSED_PARAMETER in self.mapped("key")
        self._pause_parameter_changed()
        result = super().unlink()
        if is_pause:
            # Deleting is an event: looking for its listeners has read the index once more.
            self.env["base.automation.subscriber"]._event_subscriptions_changed()
        return result

    def _pause_parameter_changed(self):
        if PAUSED_PARAMETER in self.mapped("key"):
            self.env["base.automation.subscriber"]._event_subscriptions_changed()


def acts_for(scope, env):
    """Tell whether a rule with ``scope`` fires in ``env`` at all."""
    # ``env.user`` is the acting user in superuser mode too; only the rights differ.
    return scope.admits(env.context, not env.registry.ready) and (
        not scope.group_ids or scope.admits_user(env.user._get_group_ids())
    )


def in_companies(scope, records):
    """Return those of ``records`` that belong to the companies of ``scope``."""
    if not scope.company_ids:
        return records
    current = records.env.company.id
    of_record = company_reader(records)
    return records.browse(
        record.id for record in records.sudo() if scope.admits_company(of_record(record), current)
    )


def company_reader(records):
    """Return a function that returns the id of a record's company, or None."""
    if records._name == "res.company":
        return lambda record: record.id
    field = records._fields.get("company_id")
    if field is None or field.comodel_name != "res.company":
        return lambda record: None
    return lambda record: record.company_id.id
