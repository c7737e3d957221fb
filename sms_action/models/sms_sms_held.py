"""Which messages of the queue leave by the long-lived process, and which by everybody else."""

from collections import defaultdict

from odoo import api, models

from ..core.errors import NumberError
from ..core.numbers import parse_number
from .courier_held import Alone, HeldCourier

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
        return self - self.browse().concat(*(by_gateway.get(id_, self.browse()) for id_ in held))

    def _by_gateway(self):
        """Return ``{gateway id: messages}`` by the first gateway that does not rest.

        Messages that no gateway can take now are in none of them.
        """
        model = self.env["sms.gateway"]
        found, awake = defaultdict(list), {}
        groups = self.grouped(lambda sms: (sms._get_sms_company()[:1], sms.gateway_id))
        for (company, named), group in groups.items():
            # By the same numbers as a courier, or one would leave to another what neither takes.
            numbers = {sms.id: _parsed(sms.number, company) for sms in group}
            wanted = list({number for number in numbers.values() if number})
            chosen = model._choose(wanted, company, named)
            for id_, number in numbers.items():
                for gateway in chosen[number] if number else ():
                    if awake.setdefault(gateway.id, gateway._may_try()):
                        found[gateway.id].append(id_)
                        break
        return {gateway_id: self.browse(ids) for gateway_id, ids in found.items()}

    @api.model
    def _send_held(self, gateway, session, ending, turns):
        """Send what is due by a gateway over a session that is held.

        :param gateway: a ``sms.gateway``
        :param session: an ``SmppGateway``
        :param ending: an event that ends it early
        :param turns: see :class:`.courier_held.Alone`
        :returns: whether something was sent
        """
        keeping = Alone(self.env, turns)
        keeping.settle(self.env["sms.message.report"]._resolve)
        last, sent = 0, False
        while not ending.is_set():
            page = self.search([*self._queue_domain(), ("id", ">", last)], limit=_PAGE, order="id")
            if not page:
                break
            last = page[-1].id
            mine = page._by_gateway().get(gateway.id)
            if mine:
                HeldCourier(self.env, keeping, gateway, session, ending).run(mine.ids)
                sent = True
            # The next page is read by a transaction that sees what others did meanwhile.
            self.env.cr.commit()  # pylint: disable=invalid-commit; the process' own transaction
        return sent


def _parsed(number, company):
    """Return a number as couriers know it, None for one that no gateway can take."""
    try:
        return parse_number(number, company.country_id.code).value
    except NumberError:
        return None
