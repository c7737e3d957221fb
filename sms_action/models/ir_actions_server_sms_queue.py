"""Text messages of actions become rows of Odoo's queue, with one call for all records."""

from uuid import uuid4

from odoo import models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _sms_queue(self, drafts, eval_context):
        """Note the messages in the chatter and put them into the queue, as the action says.

        :returns: ``sms.sms`` records
        """
        pairs = [(draft, letter) for draft in drafts for letter in draft.letters]
        env = self._acting_env(eval_context)
        notes = self._sms_log(pairs, env) if self._sms_is_noted() else {}
        # Whoever starts an action need not have the right to write messages by hand.
        queue = env["sms.sms"].sudo()
        if self.sms_method == "note":
            self._sms_say([self.env._("SMS noted, not sent: %(count)s.", count=len(pairs))])
            return queue
        partner_ids = _partner_ids([letter.to for _draft, letter in pairs], env)
        values = [
            {
                **self._sms_values(draft, letter),
                "partner_id": partner_ids.get((letter.to.model, letter.to.res_id), False),
                "mail_message_id": notes.get(id(letter), False),
            }
            for draft, letter in pairs
        ]
        self._sms_say_count(pairs)
        messages = queue.create(values)
        if notes:
            self._sms_track(messages)
        return messages

    def _sms_values(self, draft, letter):
        """Return the values of an ``sms.sms`` record."""
        return {
            "uuid": uuid4().hex,
            "number": letter.to.number,
            "body": letter.text,
            "state": "outgoing",
            "gateway_id": self.sms_gateway_id.id,
            "company_id": draft.company.id,
            "sender": draft.sender,
            "res_model": draft.record._name if draft.record else False,
            "res_id": draft.record.id or 0,
        }


def _partner_ids(people, env):
    """Return ``{(model, id): contact's id}`` of the contacts and users among addressees."""
    found = {(one.model, one.res_id): one.res_id for one in people if one.model == "res.partner"}
    ids = {one.res_id for one in people if one.model == "res.users"}
    # Which contact a user is, everybody may know.
    users = env["res.users"].sudo().browse(sorted(ids))
    return {**found, **{("res.users", user.id): user.partner_id.id for user in users}}
