"""The address of a rule, with an answer that says what became of a call."""

from odoo.http import request, route

from odoo.addons.base_automation.controllers.main import BaseAutomationController

from ..models.trigger_webhook import CALL_KEY, Call


class RuleWebhook(BaseAutomationController):
    @route()
    def call_webhook_http(self, rule_uuid, **kwargs):
        """Tell the caller if the rule did not run, or not on all records, and why.

        The status stays 200: nothing would be different if the call were repeated.
        """
        call = Call()
        request.update_context(**{CALL_KEY: call})
        response = super().call_webhook_http(rule_uuid, **kwargs)
        if call.conflict:
            # Stock answers “error” to everything; what Odoo can try again, it shall.
            raise call.conflict
        said = call.answer()
        if not said or response.status_code != 200:
            return response
        return request.make_json_response({**response.json, **said})
