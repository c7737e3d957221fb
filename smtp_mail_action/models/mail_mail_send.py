"""The one place where Odoo's e-mails leave: stock's ``send`` hands them to couriers.

Three ways lead here. The queue and mass mailings (``auto_commit``) commit themselves. Everybody
else is in the middle of a transaction that may yet be undone: the e-mails leave after its commit.
Who wants an error at once (``raise_exception``) gets it, and nothing is committed for them.
"""

import logging

from odoo import SUPERUSER_ID, api, models, modules
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.server_action_engine.models.dry_run_recorder import dry_run_of

from .courier import Courier
from .keeping import Committing, Within

_logger = logging.getLogger(__name__)

#: Seconds the queue waits for a throttled account's next turn.
QUEUE_PATIENCE_SECONDS = 30.0

#: ``cr.postcommit.data`` key: ``[(context, ids)]`` of e-mails to send.
_PROMISED = "smtp_mail_action.promised"


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        if self._is_left_to_odoo():
            return super().send(auto_commit, raise_exception, post_send_callback)
        if raise_exception:
            self._deliver(Within(self.env), callback=post_send_callback)
            self._raise_failure()
        elif auto_commit:
            # Nobody waits for the queue.
            keeping = Committing(self.env, patience=QUEUE_PATIENCE_SECONDS)
            self._deliver(keeping, callback=post_send_callback)
        else:
            self._promise_delivery()
        return True

    def _is_left_to_odoo(self):
        """Tell whether nothing may leave or be committed: tests, a loading registry, dry runs."""
        return (
            modules.module.current_test
            or dry_run_of(self.env.cr) is not None
            or self.env["ir.mail_server"]._disable_send()
        )

    def send_after_commit(self):
        if modules.module.current_test:
            return super().send_after_commit()
        self._promise_delivery()
        return None

    def _deliver(self, keeping, callback=None, open_pool=None):
        """Send what is due, by account.

        :param keeping: how what is known is kept; see :mod:`.keeping`
        :param callback: called with the ids that were dealt with
        :param open_pool: see :class:`.courier.Courier`
        """
        for server_id, alias_domain_id, smtp_from, ids in self._split_by_mail_configuration():
            server = self.env["ir.mail_server"].browse(server_id)
            if server.owner_user_id:
                ids = self.browse(ids)._split_by_delayed_batch(server).ids
            courier = Courier(self.env, keeping, server, alias_domain_id, smtp_from, open_pool)
            try:
                courier.run(ids)
            except UserError as error:
                # The account cannot be used as it is described: Odoo's own outcome for that.
                keeping.undo()
                self._refuse_for_account(ids, str(error))
                keeping.keep()
            except Exception:
                if not keeping.commits:
                    raise
                # The other accounts are not to blame, and what is noted is noted.
                keeping.undo()
                _logger.exception("The e-mails %s … could not be sent", ids[:10])
            if callback:
                callback(ids)

    def _refuse_for_account(self, ids, reason):
        mails = self.browse(ids).filtered(lambda mail: mail.state == "outgoing")
        mails.write({"state": "exception", "failure_reason": reason})
        mails._postprocess_sent_message(
            success_pids=[], success_emails=[], failure_type="mail_smtp"
        )

    def _raise_failure(self):
        """Raise what keeps one of the e-mails from being sent, in Odoo's own form."""
        for mail in self.exists():
            if mail.state == "exception":
                raise MailDeliveryException(mail.failure_reason or mail.failure_type)
            if mail.state == "outgoing" and mail.delivery_due_at:
                waiting = mail.sudo().delivery_ids.filtered("reason")[:1]
                words = dict(waiting._fields["reason"]._description_selection(self.env))
                raise MailDeliveryException(
                    self.env._("Unable to connect to SMTP Server"), words.get(waiting.reason, "")
                )

    def _promise_delivery(self):
        """Send after the commit of the current transaction, in one of their own."""
        queue = self.env.cr.postcommit
        if _PROMISED not in queue.data:
            queue.data[_PROMISED] = []
            registry = self.pool

            @queue.add
            def deliver():
                for context, ids in queue.data.pop(_PROMISED):
                    _deliver_promised(registry, context, ids)

        queue.data[_PROMISED].append((self.env.context, self.ids))


def _deliver_promised(registry, context, ids):
    """Send in a transaction of its own; whatever happens, the queue finds what is left."""
    try:
        with registry.cursor() as cr:
            # As in Odoo's own `send_after_commit`: the author's transaction is over.
            mails = api.Environment(cr, SUPERUSER_ID, context)["mail.mail"].browse(ids)
            mails._deliver(Committing(mails.env, insists=True))
    except Exception:
        _logger.exception("The e-mails %s … could not be sent; the mail queue tries", ids[:10])
