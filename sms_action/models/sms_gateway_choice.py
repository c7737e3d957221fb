"""Which gateways may carry a message, and in which order they are tried."""

from odoo import api, models

from ..core.choice import Offer, order, orders


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    @api.model
    def _choose(self, numbers, company, preferred=None):
        """Return ``{number: gateways}``, the first to try first.

        Without gateways a number is left to the provider that Odoo itself has for the company.
        Only the set-up is looked at; a gateway that rests is passed over when messages leave.

        :param numbers: list of numbers as in ``+31612345678``
        :param company: a ``res.company``: each message goes out by its own company's account
        :param preferred: the gateway of the action or of the message, if it named one
        """
        # The choice is made for whoever sends; what it reads stays here.
        gateways = self.sudo().search([("active", "=", True)])
        offers = [one._offer(company) for one in gateways]
        chosen = orders(
            numbers, offers, preferred.id if preferred else 0, company.sudo().sms_gateway_id.id
        )
        # Most numbers have the same gateways.
        known = {ids: self.browse(ids) for ids in set(chosen.values())}
        return {number: known[ids] for number, ids in chosen.items()}

    @api.model
    def _companies_carried(self, companies):
        """Return those of the companies of which gateways take messages to any number."""
        # Whether there is one is no secret; which, stays here.
        gateways = self.sudo().search([("active", "=", True)])
        return companies.filtered(
            lambda company: order(
                "", [one._offer(company) for one in gateways], own=company.sudo().sms_gateway_id.id
            )
        )

    def _offer(self, company):
        """Return what core needs to know of the gateway."""
        return Offer(
            id=self.id,
            serves_company=not self.company_ids or company in self.company_ids,
            names_company=company in self.company_ids,
            countries=frozenset(code for code in self.country_ids.mapped("code") if code),
            prefixes=tuple((self.prefixes or "").replace(",", " ").split()),
            fallback=self.kind != "memory",
        )
