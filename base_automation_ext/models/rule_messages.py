"""Rules on messages that are posted on records."""

from odoo import models

from odoo.addons.base_automation.models.base_automation import MAIL_TRIGGERS

from ..core.triggers.mail import PostedMessage
from .rule_plan import RulePlan

#: Message types that are nobody's mail.
_INTERNAL_MESSAGES = ("notification", "auto_comment", "user_notification")


class RuleSubscriber(models.AbstractModel):
    _inherit = "base.automation.subscriber"

    def _message_posted(self, event, entries):
        """Run the rules on a message that was posted."""
        records = event.in_context(event.records)
        trigger = self._stock_message_trigger(event.message)
        if trigger:
            self._run_message_rules(event, entries, records, trigger)
        wanted = {entry.trigger.key for entry in entries} - set(MAIL_TRIGGERS)
        if wanted and (found := wanted.intersection(_describe(event.message).directions())):
            told = [entry for entry in entries if entry.trigger.key in found]
            overrides = self.env["base.automation"]._overridden_methods()
            plan = RulePlan(told, is_kept=False)
            self._process_entries(plan, {}, records, {"old_values": None}, overrides)

    def _stock_message_trigger(self, message):
        """Return the trigger of stock a message sets off, or None."""
        message = message.sudo().with_context(active_test=False)
        if (
            # A message posted by a rule is nobody's answer.
            "__action_done" in self.env.context
            or message.is_internal
            or message.subtype_id.internal
            or message.message_type in _INTERNAL_MESSAGES
        ):
            return None
        received = not message.author_id or message.author_id.partner_share
        return MAIL_TRIGGERS[0] if received else MAIL_TRIGGERS[1]

    def _run_message_rules(self, event, entries, records, trigger):
        rules = records.env["base.automation"].with_context(old_values=None)
        entries = self._kept_by_override(
            [entry for entry in entries if entry.trigger.key == trigger],
            records,
            event.kind,
            rules._overridden_methods(),
            [trigger],
        )
        for entry in entries:
            rule = rules.browse(entry.id)
            try:
                # Stock offers these rules one filter only, and stores it as the one "before".
                found = rule._filter_pre(records, feedback=True)
                if entry.change and found:
                    kept = rule._filter_by_change(entry.change, found.sudo(), None)
                    found = found.browse(kept._ids)
            except Exception as exc:  # noqa: BLE001 - an author's filter may raise anything
                self._filter_failed(entry, exc)
                continue
            rule._process(found)


def _describe(message):
    """Return a ``mail.message`` as the triggers see it."""
    # Authors and recipients may be archived, and the user need not see them.
    message = message.sudo().with_context(active_test=False)
    author = message.author_id
    recipients = message.partner_ids | message.notification_ids.res_partner_id
    return PostedMessage(
        kind=message.message_type,
        is_note=message.is_internal or message.subtype_id.internal,
        has_internal_author=bool(author) and not author.partner_share,
        reaches_outside=any(partner.partner_share for partner in recipients - author)
        or bool(message.notification_ids.filtered("mail_email_address")),
    )
