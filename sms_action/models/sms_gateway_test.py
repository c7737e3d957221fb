"""*Test Connection* and *Send a Test* of gateways, which say what is wrong."""

from odoo import models
from odoo.exceptions import UserError

from ..core.outcome import Fate
from ..core.reasons import advice, known, words


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    def action_test_connection(self):
        """Find out whether messages could leave, without sending one.

        Each kind has a method ``_test_<kind>`` that returns an outcome; a kind without one has
        nothing to try.

        :raises UserError: saying what is wrong and what to do
        """
        self.ensure_one()
        self.check_access("write")
        usual = self._test_described if self._is_http() else None
        method = getattr(self, f"_test_{self.kind}", usual)
        outcome = method() if method else None
        if outcome is not None and outcome.fate is not Fate.ACCEPTED:
            raise UserError(self._problem_text(outcome))
        if self.failures:
            # It works: nothing has to wait for the end of a rest.
            self.action_try_again()
        return self._notification(
            self.env._("Connection Test Successful"), self._test_text(), "success"
        )

    def _test_text(self):
        if self._is_http() and not self._http_description().test_url:
            return self.env._(
                "The server answers. Whether account and secret are right, a message will tell: "
                "use “Send a Test”."
            )
        return self.env._("Messages can leave by this gateway.")

    def _problem_text(self, outcome):
        reason = known(outcome.reason)
        lines = [
            self.env._("“%(gateway)s” cannot send messages.", gateway=self.name),
            f"✗ {self.env._(words(reason))}" if reason else "",
        ]
        if outcome.message:
            lines.append(
                self.env._("The gateway or the network said: %(text)s", text=outcome.message)
            )
        if text := advice(reason):
            lines.append(self.env._(text))
        return "\n".join(line for line in lines if line)

    def _notification(self, title, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": kind,
                "sticky": kind != "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_send_test(self):
        """Ask for a number and a text."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send a Test"),
            "res_model": "sms.gateway.test",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gateway_id": self.id},
        }
