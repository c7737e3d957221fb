"""What a rule would do: the records it concerns now, and a dry run on some of them."""

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.server_action_engine.core.errors import ConfigurationError, root_cause

from .environments import ActionDone

#: More than so many matching records are not counted.
COUNT_LIMIT = 10_000


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def get_match_counts(self, model_name, filters):
        """Return how many records of a model match each of some filters now.

        For the form, whose filters may not be saved yet.

        :param filters: ``{name: text of the filter}``
        :returns: ``{name: {"count": …, "more": whether there are still more, "domain": …}}``; or
            ``{"problem": text}`` for a filter that cannot be used
        """
        # Filters may be expressions: only who may write rules has them evaluated.
        self.browse().check_access("write")
        rule = self.new({"model_id": self.env["ir.model"]._get_id(model_name)})
        return {name: rule._match_count(text) for name, text in filters.items()}

    def _match_count(self, text):
        try:
            domain = self._filter_now(text)
            count = self.env[self.model_name].search_count(domain, limit=COUNT_LIMIT + 1)
        except ConfigurationError as exc:
            return {"problem": str(exc)}
        return {
            "count": min(count, COUNT_LIMIT),
            "more": count > COUNT_LIMIT,
            "domain": [] if domain.is_true() else list(domain),
        }

    def _filter_now(self, text):
        """Return a filter of the rule as a domain, with the values its names have now.

        :raises ConfigurationError: it cannot be evaluated, or does not fit the model
        """
        if not (text or "").strip():
            return Domain.TRUE
        model = self.env[self.model_name]
        try:
            domain = Domain(self._evaluate_domain(text))
            domain.validate(model)
        except (ValueError, TypeError, KeyError) as exc:
            raise ConfigurationError(
                self.env._(
                    "The filter %(filter)s cannot be used on %(model)s: %(problem)s",
                    filter=text,
                    model=model._description,
                    problem=root_cause(exc),
                )
            ) from exc
        return domain

    def _filter_text(self):
        """Return the filter that decides about a record as it is now."""
        # For messages there is one filter only, and stock keeps it as the one before.
        return self.filter_domain if self.can_filter_after else self.filter_pre_domain

    def _matching_records(self, limit):
        """Return the latest records that match the filter of the rule."""
        domain = self._filter_now(self._filter_text())
        return self.env[self.model_name].search(domain, order="id desc", limit=limit)

    def _dry_run(self, records):
        """Run the actions on records without effect, and tell what they would do.

        Limits, pauses and what the trigger waits for are left aside: the question is what happens
        once the rule fires. Records the filter excludes are reported and left out.
        """
        self.ensure_one()
        if self.can_filter_after:
            kept, domain = self._filter_post_export_domain(records)
        else:
            kept, domain = self._filter_pre(records), None
        kept = kept.with_env(records.env)
        rule = self.with_context(__action_done=ActionDone({self: records}), old_values=None)
        report = rule.sudo().action_server_ids._dry_run(
            kept,
            run=lambda action, on: action._run_for_rule(on, domain),
            title=self.name,
        )
        if self._filter_text():
            report["conditions"].insert(0, self._condition_of_filter(records, kept))
        if self.filter_change:
            report["warnings"].append(
                self.env._("“Only If” is ignored: there is no change to look at in a test.")
            )
        return report

    def _condition_of_filter(self, records, kept):
        """Return what the filter of the rule did, as the conditions of a report are described."""

        def described(record, reason=""):
            return {"id": record.id, "name": record.display_name, "reason": reason}

        left_out = records - kept
        because = self.env._("Does not match the filter of the rule.")
        return {
            "action": self.name,
            "domain": self._filter_text(),
            "expression": "",
            "kept": [described(record) for record in kept],
            "left_out": [described(record, because) for record in left_out],
            "kept_count": len(kept),
            "left_out_count": len(left_out),
        }
