"""Messages that rules write about messages: what becomes of those starts no rule.

A rule that writes about e-mails that were refused would go on without end if its own were refused;
so would one that writes SMS about e-mails together with one that writes e-mails about SMS. So the
first message of such a chain is the last, whatever its kind.
"""

from odoo import api, models


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _message_triggers(self):
        """Return the keys of triggers that tell what became of messages; types add theirs."""
        return frozenset()

    @api.model
    def _writes_about_messages(self):
        """Tell whether a rule about messages is at work, however indirectly."""
        trigger = self.env["ir.actions.server"]._root_trigger()
        return self._is_started_by(
            trigger.get("model"), trigger.get("id"), self._message_triggers()
        )
