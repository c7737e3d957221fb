"""Which messages of the queue leave by the long-lived process, and which by everybody else."""

from collections import defaultdict

from odoo import api, models

from .courier_held import HeldCourier
from .keeping import Committing

#: Messages looked at and sent at a time.
_PAGE = 1000


class SmsSms(models.Model):
    _inherit = "sms.sms"

    @api.model
    def _queue_page(self, domain, size, last=0):
        """Return the next messages of the queue that no process looks after.

        :param last: id after which to look
        """
        found = self.browse()
        while len(found) < size:
            page = self.search([*domain, ("id", ">", last)], limit=size, order="id")
            found += page._without_held()
            if len(page) < size:
                break
            last = page[-1].id
        return found[:size]

    def _without_held(self):
        held = self.env["sms.gateway"]._held_ids()
        if not held or not self:
            return self
        by_gateway = self._by_gateway()
        return self - self.concat(*(by_gateway[id_] for id_ in held if id_ in by_gateway))

    def _by_gateway(self):
        """Return ``{gateway id: messages}`` by the first gateway that does not rest."""
        model = self.env["sms.gateway"]
        found = defaultdict(self.browse)
        awake = {}
        groups = self.grouped(lambda sms: (sms._get_sms_company()[:1], sms.gateway_id))
        for (company, named), group in groups.items():
            chosen = model._choose(list({sms.number or "" for sms in group}), company, named)
            for sms in group:
                for gateway in chosen[sms.number or ""]:
                    if awake.setdefault(gateway.id, gateway._may_try()):
                        found[gateway.id] += sms
                        break
        return found

    @api.model
    def _send_held(self, gateway, session, ending):
        """Send what is due by a gateway over a session that is held.

        :param gateway: a ``sms.gateway``
        :param session: an ``SmppGateway``
        :param ending: an event that ends it early
        :returns: whether something was sent
        """
        last, sent = 0, False
        while not ending.is_set():
            page = self.search([*self._queue_domain(), ("id", ">", last)], limit=_PAGE, order="id")
            if not page:
                break
            last = page[-1].id
            mine = page._by_gateway()[gateway.id]
            if mine:
                keeping = Committing(self.env)
                HeldCourier(self.env, keeping, gateway, session, ending).run(mine.ids)
                sent = True
            # The next page is read by a transaction that sees what others did meanwhile.
            self.env.cr.commit()  # pylint: disable=invalid-commit; the process' own transaction
        return sent
