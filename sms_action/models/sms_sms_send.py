"""Where text messages leave: Odoo's queue and ``send`` hand those with a gateway to a courier.

Who sends, and when: the queue at once, with commits of its own; everybody else after the commit of
their transaction, so that a rollback sends nothing; who wants an error at once, and Odoo's tests,
within the transaction, through Odoo's own steps.
"""

import logging

from odoo import SUPERUSER_ID, api, models, modules

from odoo.addons.server_action_engine.models.dry_run_recorder import dry_run_of

from .courier import Courier
from .keeping import Committing, Within
from .sms_api import GatewayApi, parcels_of_batch

_logger = logging.getLogger(__name__)

#: ``cr.postcommit.data`` key: ``[(context, ids, options)]`` of messages to send.
_PROMISED = "sms_action.promised"


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        ours = self._with_gateway()
        # In a dry run they stay in the queue, where they are shown.
        if not ours or dry_run_of(self.env.cr) is not None:
            pass
        elif modules.module.current_test or raise_exception:
            ours._send_within(unlink_failed, unlink_sent, raise_exception)
        else:
            ours._promise_sending(unlink_failed=unlink_failed, unlink_sent=unlink_sent)
        if others := self - ours:
            return super(SmsSms, others).send(unlink_failed, unlink_sent, raise_exception)
        return None

    def resend_failed(self):
        """Tell what happens: stock looks at once for what is sent, and it is not yet."""
        ours = self._with_gateway().filtered(lambda sms: sms.state == "error")
        result = super().resend_failed()
        if ours and not modules.module.current_test:
            result["params"].update(
                title=self.env._("Sending"),
                message=self.env._(
                    "The SMS leave now; “SMS Deliveries” shows what becomes of them. Those in "
                    "doubt are left alone, since they may have arrived."
                ),
                type="info",
            )
        return result

    def _split_by_api(self):
        """Bind gateways; what has none goes on to Odoo's providers."""
        ours = self._with_gateway()
        if ours:
            yield GatewayApi(self.env), ours
        if others := self - ours:
            yield from super(SmsSms, others)._split_by_api()

    @api.model
    def _process_queue(self):
        """Send what is due: by gateways, and by Odoo's providers, which stock mixes up (S1, S2)."""
        domain = self._queue_domain()
        batch_size = self._get_send_batch_size()
        records = self._queue_page(domain, batch_size)
        ours = records._with_gateway()
        if others := (records - ours).try_lock_for_update():
            others._send_queued()
            # What has left must not be undone by what comes next.
            self.env["ir.cron"]._commit_progress(len(others))
        if modules.module.current_test:
            self.env["sms.message.report"].sudo()._resolve()
            ours._send_within(unlink_failed=False, unlink_sent=True)
        else:
            ours._deliver(Committing(self.env))
        if records:
            remaining = self.search_count(domain) if len(records) == batch_size else 0
            self.env["ir.cron"]._commit_progress(len(ours), remaining=remaining)

    def _queue_domain(self):
        """Return what finds the messages that are due."""
        return [
            ("state", "=", "outgoing"),
            ("to_delete", "!=", True),
            "|",
            ("gateway_due_at", "=", False),
            ("gateway_due_at", "<=", self.env.cr.now()),
        ]

    def _send_queued(self):
        """Send in Odoo's own way, company by company."""
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()[:1]).items():
            for sms_api, group in messages.with_company(company)._split_by_api():
                for ids in group._split_batch():
                    group.browse(ids).with_context(sms_api=sms_api)._send(
                        unlink_failed=False, unlink_sent=True, raise_exception=False
                    )

    def _send_within(self, unlink_failed, unlink_sent, raise_exception=False):
        """Send by gateways within the transaction, through Odoo's own steps.

        Whatever other providers make of :meth:`_split_by_api`: the order of addons is not ours.
        """
        domain = [("state", "=", "outgoing"), ("to_delete", "!=", True)]
        if due := self.try_lock_for_update().filtered_domain(domain):
            api = GatewayApi(self.env)
            due.with_context(sms_api=api)._send(unlink_failed, unlink_sent, raise_exception)

    def _deliver(self, keeping, **unlink):
        """Send by gateways what is due."""
        # First the reports that came while the queue was away.
        keeping.settle(self.env["sms.message.report"].sudo()._resolve)
        if self:
            Courier(self.env, keeping, **unlink).run(self.ids)

    @api.model
    def _send_by_gateways(self, messages, company):
        """Send within the caller's transaction; see ``SmsApiBase._send_sms_batch``."""
        uuids = [one.get("uuid") for message in messages for one in message["numbers"]]
        queued = self.sudo().search([("uuid", "in", uuids)])
        known = set(queued.mapped("uuid"))
        alone = [
            one
            for one in parcels_of_batch(self.env, messages, company)
            if one[0]["uuid"] not in known
        ]
        parcels = self.env["sms.message"]._parcels(alone) if alone else []
        return Courier(self.env, Within(self.env)).results(queued.ids, parcels)

    def _promise_sending(self, **unlink):
        """Send after the commit of the current transaction, in one of their own."""
        queue = self.env.cr.postcommit
        if _PROMISED not in queue.data:
            queue.data[_PROMISED] = []
            registry = self.pool

            @queue.add
            def deliver():
                for context, ids, options in queue.data.pop(_PROMISED):
                    _deliver_promised(registry, context, ids, options)

        queue.data[_PROMISED].append((self.env.context, self.ids, unlink))


def _deliver_promised(registry, context, ids, options):
    """Send in a transaction of its own; whatever happens, the queue finds what is left."""
    try:
        with registry.cursor() as cr:
            # As in Odoo's own `send_after_commit`: the author's transaction is over.
            records = api.Environment(cr, SUPERUSER_ID, context)["sms.sms"].browse(ids)
            records._deliver(Committing(records.env, insists=True), **options)
    except Exception:
        _logger.exception("The SMS %s … could not be sent; the SMS queue tries", ids[:10])
