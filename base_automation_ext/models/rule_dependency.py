"""Rules are paused when a field or a record they are about goes away."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from odoo import api, models

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.subscriptions import UNLINK

from ..core.domain_names import domain_leaves
from ..core.expression_names import expression_names
from .rule_filters import DOMAIN_FILTERS, walk_path

_logger = logging.getLogger(__name__)

#: Fields that are there unless the rules themselves are being uninstalled.
_OWN_FIELDS = frozenset({*DOMAIN_FILTERS, "filter_change", "unique_key", "change_field_id"})


@dataclass
class Dependencies:
    """What a rule cannot do without."""

    fields: set[tuple[str, str]] = field(default_factory=set)
    """``(model name, field name)``."""
    records: dict[str, list[frozenset[int]]] = field(default_factory=dict)
    """Model name → groups of ids; when all of a group are gone, something can never match."""

    def need(self, model_name: str, ids: frozenset[int]) -> None:
        """Add a group of records."""
        if ids:
            self.records.setdefault(model_name, []).append(ids)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _dependencies(self):
        """Return what the filters and the trigger of the rule name (:class:`Dependencies`)."""
        found = Dependencies()
        model = self.env[self.model_id.model]
        for name in DOMAIN_FILTERS:
            if self[name]:
                self._add_domain(found, model, domain_leaves(self[name]))
                self._add_expression(found, model, self[name])
        for text in (self.filter_change, self.unique_key):
            if text:
                self._add_expression(found, model, text)
        for chosen in self._fields_of_trigger():
            found.fields.add((chosen.model, chosen.name))
        if self.change_field_relation in self.env:
            for ids in map(self._values_of_change, ("change_from", "change_to")):
                found.need(self.change_field_relation, frozenset(filter(None, ids or ())))
        return found

    def _fields_of_trigger(self):
        """Return the fields (``ir.model.fields``) the author has chosen for the trigger."""
        return (
            self.trigger_field_ids | self.on_change_field_ids | self.trg_date_id
        ) | self.change_field_id

    def _add_domain(self, found, model, leaves):
        for leaf in leaves:
            steps, target = walk_path(model, leaf.path)
            found.fields.update(steps or ())
            if steps and leaf.ids:
                owner, name = steps[-1]
                named = owner if name == "id" else target is not None and target._name
                if named:
                    found.need(named, leaf.ids)
            if leaf.nested and target is not None:
                self._add_domain(found, target, leaf.nested)

    def _add_expression(self, found, model, text):
        names = expression_names(text)
        for _record, name in names.fields:
            found.fields.update(walk_path(model, name)[0] or ())
        for xml_id in names.references:
            model_name, record_id = self.env["ir.model.data"]._xmlid_to_res_model_res_id(xml_id)
            if model_name:
                found.need(model_name, frozenset([record_id]))

    @api.model
    def _pause_rules_on_fields(self, removed):
        """Pause the rules that use a field which is going away.

        :param removed: ``ir.model.fields``
        """
        gone = {(one.model, one.name) for one in removed}
        if not _OWN_FIELDS <= self._fields.keys() or any(
            model == self._name for model, _name in gone
        ):
            # The rules themselves are being uninstalled.
            return
        try:
            with self.env.cr.savepoint():
                self.sudo()._pause_rules_that_use(gone)
        except Exception as exc:
            if is_retryable_db_error(exc):
                raise
            # Whoever removes fields is not to be hindered; a rule that names a field which is gone
            # is left out and paused when it is met.
            _logger.warning("The rules on removed fields could not be paused", exc_info=True)

    def _pause_rules_that_use(self, gone):
        for rule in self.search([("paused", "=", False)]):
            used = rule._dependencies_or_none()
            if used and (lost := gone & used.fields):
                model_name, name = sorted(lost)[0]
                rule._pause_because(
                    self.env._(
                        "The field “%(field)s” (%(model)s), which the rule uses, was removed or "
                        "renamed. Correct the rule and resume it.",
                        field=name,
                        model=model_name,
                    )
                )

    def _dependencies_or_none(self):
        if self.model_id.model not in self.env or self._broken_filter()[0]:
            return None
        return self._dependencies()


class RuleDependencySubscriber(models.AbstractModel):
    """Hears when a record is deleted that a rule is about."""

    _name = "base.automation.dependency"
    _inherit = ["server.action.event.subscriber"]
    _description = "Automation Rules That Depend on Records"

    @api.model
    def _event_subscriptions(self):
        found = []
        rules = self.env["base.automation"]
        for rule in rules.search([("paused", "=", False)]):
            try:
                used = rule._dependencies_or_none()
            except Exception:
                # The other subscriber says what is wrong with it.
                _logger.debug("Rule #%s depends on something unknown", rule.id, exc_info=True)
                continue
            for model_name, groups in used.records.items() if used else ():
                if model_name in self.env:
                    found.append(
                        rule._subscription(groups, UNLINK, model=model_name, subscriber=self._name)
                    )
        return found

    @api.model
    def _event_before(self, event, subscriptions):
        deleted = set(event.records.ids)
        for subscription in subscriptions:
            for ids in subscription.payload:
                # The others of the group may have gone before.
                if (gone := ids & deleted) and not event.records.browse(ids - deleted).exists():
                    self._pause_rule(subscription, event.records.browse(min(gone)))
                    break

    def _pause_rule(self, subscription, record):
        _model, _comma, rule_id = subscription.key.partition(",")
        rule = self.env["base.automation"].sudo().browse(int(rule_id)).exists()
        if rule and not rule.paused:
            rule._pause_because(
                self.env._(
                    "“%(record)s” (%(model)s), which the rule refers to, was deleted. Correct the "
                    "rule and resume it.",
                    record=record.sudo().display_name,
                    model=record._description,
                )
            )


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def write(self, vals):
        renamed = self.filtered(lambda one: "name" in vals and one.name != vals["name"])
        if renamed:
            self.env["base.automation"]._pause_rules_on_fields(renamed)
        return super().write(vals)

    def unlink(self):
        if self:
            self.env["base.automation"]._pause_rules_on_fields(self)
        return super().unlink()
