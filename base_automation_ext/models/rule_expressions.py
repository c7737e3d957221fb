"""The names filters and guards of rules know, and their evaluation."""

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.tools import safe_eval

from odoo.addons.server_action_engine.core.errors import (
    ConfigurationError,
    ExpressionError,
    root_cause,
)
from odoo.addons.server_action_engine.models.evaluation import _BUILTINS

from .old_values import OldRecord, changed_function

#: Names that do not depend on the record.
FILTER_NAMES = frozenset(
    {
        *_BUILTINS,
        "company",
        "company_id",
        "context_today",
        "current_date",
        "datetime",
        "dateutil",
        "env",
        "model",
        "now",
        "ref",
        "relativedelta",
        "time",
        "today",
        "uid",
        "user",
    }
)
#: Names that stand for the record at hand, in expressions only.
RECORD_NAMES = frozenset({"record", "object", "obj", "old", "new", "changed"})


class MissingReferenceError(ConfigurationError):
    """An external id in a filter leads nowhere."""


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _get_eval_context(self, payload=None):
        """Add the names of Odoo's domain editor and those of the suite to stock's."""
        names = super()._get_eval_context(payload)
        names.update(self._filter_names(self.env))
        return names

    @api.model
    def _filter_names(self, env):
        """Return the names of filters that do not depend on the record.

        :param env: the environment they live in
        """
        today = fields.Date.context_today(self.with_env(env))

        def ref(xml_id):
            record = env.ref(xml_id, raise_if_not_found=False)
            if record is None:
                raise MissingReferenceError(
                    env._("There is no record with the external ID “%(xml_id)s”.", xml_id=xml_id)
                )
            return record

        return {
            "datetime": safe_eval.datetime,
            "dateutil": safe_eval.dateutil,
            "relativedelta": safe_eval.dateutil.relativedelta.relativedelta,
            "time": safe_eval.time,
            "env": env,
            "uid": env.uid,
            "user": env.user,
            "company": env.company,
            "company_id": env.company.id,
            "today": today,
            "current_date": fields.Date.to_string(today),
            "context_today": lambda: today,
            # To the microsecond: a record that was just made is not younger than now.
            "now": datetime.now(timezone.utc).replace(tzinfo=None),
            "ref": ref,
        }

    def _known_filter_names(self, with_record):
        """Return all names an expression, or a domain, of the rule may use."""
        known = set(FILTER_NAMES)
        if self.model_name:
            # Other modules may add some.
            known.update(self._get_eval_context())
        return known | RECORD_NAMES if with_record else known

    def _evaluate_filter(self, source, names, what):
        """Evaluate an expression of the rule.

        :param source: Python text; compiled once per process
        :param names: the names it may use
        :param what: which expression of the rule it is, for the error message
        :raises ExpressionError: it does not compile or fails; names rule and cause
        """
        try:
            return self.env["ir.actions.server"]._evaluate(source, names)
        except (ExpressionError, ZeroDivisionError) as exc:
            cause = root_cause(exc)
            text = str(cause) if isinstance(cause, ConfigurationError) else repr(cause)
            raise ExpressionError(
                self.env._(
                    "The %(what)s of the automation rule “%(rule)s” failed (%(text)s): %(cause)s",
                    what=what,
                    rule=self.sudo().name,
                    text=source.strip()[:200],
                    cause=text,
                )
            ) from cause

    def _evaluate_domain(self, source, what=None):
        """Return the domain in ``source``, with the values its names have now.

        :raises ExpressionError: it cannot be evaluated
        """
        what = what or self.env._("filter")
        domain = self._evaluate_filter(source, self._get_eval_context(), what)
        return domain if isinstance(domain, list) else list(domain)

    def _evaluate_on(self, source, records, old_values, what):
        """Yield the value of an expression for each of ``records``, which set the rights.

        Without records it is evaluated once, on an empty one.

        :param old_values: ``{id: {field: old value}}``; None when there was nothing before
        """
        names = self._get_eval_context()
        names.update(self._filter_names(records.env), model=records.browse())
        paths = getattr(old_values, "paths", {})
        for record in records or [records]:
            values = None if old_values is None else old_values.get(record.id, {})
            old = OldRecord(record, values, paths.get(record.id))
            names.update(
                record=record,
                object=record,
                obj=record,
                new=record,
                old=old,
                changed=changed_function(record, old),
            )
            yield self._evaluate_filter(source, names, what)


def is_broken(exc):
    """Tell whether a filter failed because of what it says, and not because of some value."""
    cause = root_cause(exc)
    return isinstance(cause, SyntaxError | NameError | MissingReferenceError)
