"""What third-party modules do to stock's methods: look, and let one marked record or rule pass."""

from odoo import api, models


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _calls(self):
        """Return the list of the names of the overridden methods called so far."""
        return self.env.cr.__dict__.setdefault("test_base_automation_ext_calls", [])

    def _get_actions(self, records, triggers):
        self._calls().append("_get_actions")
        rules = super()._get_actions(records, triggers)
        return rules.filtered(lambda rule: rule.sudo().name != "hidden")

    def _filter_pre(self, records, feedback=False):
        self._calls().append("_filter_pre")
        return super()._filter_pre(records, feedback=feedback)

    def _filter_post_export_domain(self, records, feedback=False):
        self._calls().append("_filter_post_export_domain")
        found, domain = super()._filter_post_export_domain(records, feedback=feedback)
        return found.filtered(lambda record: record.display_name != "left out"), domain

    def _check_trigger_fields(self, record):
        self._calls().append("_check_trigger_fields")
        return super()._check_trigger_fields(record)

    def _process(self, records, domain_post=None):
        self._calls().append("_process")
        return super()._process(records, domain_post=domain_post)

    @api.model
    def _get_calendar(self, automation, record):
        self._calls().append("_get_calendar")
        return super()._get_calendar(automation, record)

    def _search_time_based_automation_records(self, *, until):
        self._calls().append("_search_time_based_automation_records")
        return super()._search_time_based_automation_records(until=until)

    def _execute_webhook(self, payload):
        self._calls().append("_execute_webhook")
        return super()._execute_webhook(payload)

    def _register_hook(self):
        self.env.registry.test_base_automation_ext_hooked = True
        return super()._register_hook()


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _run_action_object_write(self, eval_context=None):
        self.env["base.automation"]._calls().append("_run_action_object_write")
        return super()._run_action_object_write(eval_context=eval_context)
