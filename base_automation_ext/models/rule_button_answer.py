"""What whoever presses the button of a rule is told: what it left out, and why."""

from odoo import models


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _answer_to_press(self, chosen, wanted, ran, action):
        """Return what the web client does after a press.

        :param chosen: the records the user has chosen
        :param wanted: those that match the filters of the button
        :param ran: ids of those the rule has run on, or is going to
        :param action: what the actions of the rule want the client to do, or False
        """
        said = []
        if count := len(chosen) - len(wanted):
            said.append(
                self.env._(
                    "Left out %(count)s of the chosen records: the button is not meant for them.",
                    count=count,
                )
            )
        # Who asks for being skipped is not told that it was done.
        if not self.with_env(wanted.env)._is_switched_off():
            said += self._reasons_of_refusal(wanted - wanted.browse(ran), len(chosen))
        kind = "warning" if said else "info"
        if ran and self._runs_later():
            said.append(self.env._("The rule runs a little later."))
        if not said:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self._button_text(),
                "message": " ".join(said),
                "next": action or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
