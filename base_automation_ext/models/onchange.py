"""Rules on live changes in forms, found through the index instead of patched classes."""

from odoo import api, models

from odoo.addons.server_action_engine.core.subscriptions import ONCHANGE


class Base(models.AbstractModel):
    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        self.env["base.automation"]._trace_unheard_in_form(self, field_names)
        return result

    def _has_onchange(self, field, other_fields):
        return super()._has_onchange(field, other_fields) or bool(
            self.env["base.automation"]._onchange_rules(self._name, field.name)
        )

    def _apply_onchange_methods(self, field_name, result):
        super()._apply_onchange_methods(field_name, result)
        for rule in self.env["base.automation"]._onchange_rules(self._name, field_name):
            warning = rule._run_onchange(self).get("warning")
            if warning:
                result["warnings"].add(
                    (
                        warning.get("title") or self.env._("Warning"),
                        warning.get("message") or "",
                        warning.get("type") or "",
                    )
                )


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _onchange_rules(self, model_name, field_name):
        """Return the rules on a live change of a field, in order."""
        subscriber = self.env["base.automation.subscriber"]
        found = subscriber._event_subscriptions_to(model_name, ONCHANGE)
        return self.browse(
            subscription.payload.id for subscription in found if field_name in subscription.fields
        )

    @api.model
    def _trace_unheard_in_form(self, record, field_names):
        """Let traced rules on a form tell that they watch none of the fields that were edited."""
        subscriber = self.env["base.automation.subscriber"]
        for subscription in subscriber._event_subscriptions_to(record._name, ONCHANGE):
            if subscription.payload.trace_until and subscription.fields.isdisjoint(field_names):
                rule = self.browse(subscription.payload.id)
                rule._trace_form_unheard(record or record.new(), field_names)

    def _run_onchange(self, record):
        """Run the rule on the record being edited and apply the values it answers.

        :returns: dict with what is left for the form: ``warning``, ``domain``
        """
        result = {}
        inside = self._in_scope(record)
        if not (inside and self._filter_post(record)):
            self._trace_form_refusal(record, inside)
            return result
        done = []
        actions = self.sudo().action_server_ids.with_context(
            active_model=record._name,
            active_id=record._origin.id,
            active_ids=record._origin.ids,
            onchange_self=record,
        )
        for action in actions:
            try:
                answer = action.run() or {}
            except Exception as exc:
                self._add_postmortem(exc)
                raise
            values = answer.get("value") or {}
            values = {
                key: val for key, val in values.items() if key in record._fields and key != "id"
            }
            record.update(values)
            done.extend(key for key in [*action._names_set_on_forms(), *values] if key not in done)
            if answer.get("domain"):
                result.setdefault("domain", {}).update(answer["domain"])
            if answer.get("warning"):
                result["warning"] = answer["warning"]
        # After the actions: it may be about what they have set.
        if "warning" not in result and (warning := self._live_warning(record)):
            result["warning"] = warning
        self._trace_form_ran(record, done, "warning" in result)
        return result
