"""Filters of rules: on the change itself, and checked when they are saved."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.server_action_engine.core.errors import ExpressionError

from ..core.domain_names import domain_leaves
from ..core.expression_names import expression_names

#: Filters that are domains.
DOMAIN_FILTERS = ("filter_pre_domain", "filter_domain")
#: Everything an author writes that decides whether a rule fires.
FILTERS = (*DOMAIN_FILTERS, "filter_change")


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    filter_change = fields.Text(
        string="Only If",
        help="A Python expression about the change, for example: changed('amount_total') and "
        "record.amount_total > 2 * old.amount_total\n"
        "old is the record before the change and new (or record) after it; changed('a', 'b') "
        "tells whether one of the fields has another value. For a new record old is empty. "
        "Also: user, company, today, now, ref('module.name'), env.",
    )

    # -- checking ---------------------------------------------------------------------------------

    @api.constrains("model_id", "trigger", "active", "paused", *FILTERS)
    def _check_filters(self):
        for rule in self:
            if not rule.active or rule.paused or rule.model_id.model not in self.env:
                continue
            for name in FILTERS:
                problem = rule._filter_problem(name) or rule._evaluation_problem(name)
                if problem:
                    raise ValidationError(
                        self.env._(
                            "The filter “%(filter)s” of the automation rule “%(rule)s” cannot be "
                            "used: %(problem)s",
                            filter=rule._fields[name]._description_string(self.env),
                            rule=rule.name,
                            problem=problem,
                        )
                    )

    def _broken_filter(self):
        """Return the name of the first filter that can never be evaluated, and why.

        Asks nothing of the database, so it may be asked for every rule.

        :returns: (field name, reason), or (None, "")
        """
        for name in FILTERS:
            if self[name] and (problem := self._filter_problem(name)):
                return name, problem
        return None, ""

    def _filter_problem(self, name):
        """Return what is wrong with the text of a filter, or an empty string."""
        text = (self[name] or "").strip()
        if not text:
            return ""
        is_domain = name in DOMAIN_FILTERS
        try:
            names = expression_names(text)
        except (SyntaxError, ValueError) as exc:
            return self.env._("it is not written correctly: %(error)s.", error=exc)
        if unknown := names.unknown(self._known_filter_names(with_record=not is_domain)):
            return self.env._("the name “%(name)s” is unknown.", name=unknown[0])
        if is_domain:
            return self._leaves_problem(self.env[self.model_id.model], domain_leaves(text))
        return self._fields_problem(names.fields) or self.env["ir.actions.server"]._check_source(
            text
        )

    def _leaves_problem(self, model, leaves):
        """Return which field the conditions of a domain name in vain."""
        for leaf in leaves:
            steps, target = walk_path(model, leaf.path)
            if steps is None:
                return self.env._(
                    "“%(path)s” is not a field of the model %(model)s.",
                    path=leaf.path,
                    model=model._description,
                )
            if leaf.nested and target is not None:
                if problem := self._leaves_problem(target, leaf.nested):
                    return problem
        return ""

    def _fields_problem(self, named):
        model = self.env[self.model_id.model]
        for record, attribute in sorted(named):
            known = walk_path(model, attribute)[0] is not None
            if not known and (record == "old" or not hasattr(type(model), attribute)):
                return self.env._(
                    "“%(record)s.%(field)s”: the model %(model)s has no field “%(field)s”.",
                    record=record,
                    field=attribute,
                    model=model._description,
                )
        return ""

    def _evaluation_problem(self, name):
        """Evaluate a domain as an event would; return what goes wrong, or an empty string."""
        text = (self[name] or "").strip()
        if not text or name not in DOMAIN_FILTERS:
            return ""
        try:
            domain = self._evaluate_domain(text)
            Domain(domain).optimize(self.env[self.model_id.model].sudo())
        except ExpressionError as exc:
            return str(exc.__cause__ or exc)
        except Exception as exc:  # noqa: BLE001 - whatever the author's text raises is the answer
            return str(exc)
        return ""

    # -- evaluating -------------------------------------------------------------------------------

    def _filter_by_change(self, source, records, old_values):
        """Return those of ``records`` for which the expression about their change is true.

        :param records: in the environment the expression reads them in
        :param old_values: ``{id: {field: old value}}``; None for new records
        """
        values = self._evaluate_on(source, records, old_values, self.env._("filter “Only If”"))
        return records.browse(
            record_id for record_id, value in zip(records._ids, values, strict=True) if value
        )


def walk_path(model, path):
    """Follow a dotted path of fields.

    :returns: list of (model name, field name) on the way, and the model it leads to (None when
        it ends in a plain value); (None, None) when a field on the way does not exist
    """
    steps = []
    for name in path.split("."):
        if model is None:
            # A part of a value: ``date.month``, ``properties.x``.
            break
        field = model._fields.get(name)
        if field is None:
            return None, None
        steps.append((model._name, name))
        comodel = field.comodel_name if field.relational else None
        model = model.env[comodel] if comodel in model.env else None
    return steps, model
