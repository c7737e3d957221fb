"""From deliveries to the fields Odoo itself has for the outcome of an e-mail."""

from odoo import api, fields, models

from ..core import delivery as life
from ..core import reasons as why
from ..core.classification import IN_DOUBT, REFUSED, SENT

#: Reason → Odoo's kind of failure; the others are shown with the reason in words.
_FAILURE_TYPES = {
    why.SPAM: "mail_spam",
    why.SENDER_REFUSED: "mail_from_invalid",
    why.EXPIRED: "unknown",
}


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _conclude_mails(self):
        """Set state and failure by the deliveries, and tell notifications and other addons.

        Stock's own bookkeeping follows (``_postprocess_sent_message``): once for all e-mails that
        went well, and for each of the others.
        """
        mails = self.exists()
        lives = self.env["mail.mail.delivery"]._lives_of(mails.ids)
        sent, failed, due = [], [], {}
        for mail in mails:
            deliveries = [one for _row, one in lives.get(mail.id, {}).values()]
            waiting = [one for one in deliveries if one.state not in life.SETTLED]
            if waiting or not deliveries:
                due[mail.id] = min((one.due_at for one in waiting if one.due_at), default=None)
            elif all(one.state == SENT for one in deliveries):
                sent.append(mail.id)
            else:
                failed.append(mail.id)
        self._set_due(due)
        self._wake_queue_for(due.values())
        self.browse(sent)._conclude_sent()
        for mail in self.browse(failed):
            mail._conclude_failed(lives[mail.id])

    def _conclude_sent(self):
        if not self:
            return
        self.write({"state": "sent", "failure_type": False, "failure_reason": False})
        self._postprocess_sent_message(success_pids=[], success_emails=[])

    def _conclude_failed(self, lives):
        """Note that not everybody got it."""
        failures = [one for _row, one in lives.values() if one.state != SENT]
        reached = [(part, one) for (part, _to), (_row, one) in lives.items() if one.state == SENT]
        failure_type = _failure_type(failures)
        reason = "\n".join(self._failure_text(one) for one in failures)
        self.write({"state": "exception", "failure_type": failure_type, "failure_reason": reason})
        self._postprocess_sent_message(
            success_pids=list(
                self.env["res.partner"].browse([part for part, _o in reached if part])
            ),
            success_emails=[one.address for part, one in reached if not part],
            failure_reason=reason,
            failure_type=failure_type,
        )

    @api.model
    def _failure_text(self, delivery):
        """Return a line about one recipient: who, why, and what the server said."""
        words = self.env._(why.words(delivery.reason)) if delivery.reason else ""
        values = {
            "address": delivery.address or self.env._("(no address)"),
            "reason": words,
            "reply": delivery.reply,
        }
        if delivery.reply:
            return self.env._("%(address)s: %(reason)s (%(reply)s)", **values)
        return self.env._("%(address)s: %(reason)s", **values)

    @api.model
    def _set_due(self, moments):
        """Store ``{mail id: moment}`` in one statement."""
        if not moments:
            return
        self.env.cr.execute_values(
            "UPDATE mail_mail SET delivery_due_at = new.due::timestamp "
            "FROM (VALUES %s) new (id, due) WHERE mail_mail.id = new.id",
            list(moments.items()),
            page_size=len(moments),
        )
        self.browse(moments).invalidate_recordset(["delivery_due_at"])

    @api.model
    def _wake_queue_for(self, moments):
        """Have the queue run at moments, each rounded up to its minute."""
        minutes = {
            fields.Datetime.add(moment.replace(second=0, microsecond=0), minutes=1)
            for moment in moments
            if moment
        }
        if minutes:
            self._wake_queue(sorted(minutes))

    @api.model
    def _delivery_checkpoint(self, name):
        """Do nothing. Called at named places between the steps of a message's way.

        Tests replace it to end the process there; see ``tests/e2e``.
        """


def _failure_type(failures):
    """Return Odoo's kind for the failures of an e-mail."""
    if all(one.reason in (why.INVALID_ADDRESS, why.MISSING_ADDRESS) for one in failures):
        return (
            "mail_email_invalid" if any(one.address for one in failures) else "mail_email_missing"
        )
    first = next((one for one in failures if one.state == REFUSED), failures[0])
    if first.state == IN_DOUBT:
        return "unknown"
    return _FAILURE_TYPES.get(first.reason, "unknown")
