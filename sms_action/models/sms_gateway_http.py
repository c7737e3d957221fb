"""Gateways over HTTP: those with a preset, and those described in the form."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..core.errors import GatewayError
from ..core.http.account import HttpAccount
from ..core.http.presets import presets
from ..core.http.written import read_options
from ..transports import HttpGateway


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    workers = fields.Integer(
        string="Requests at a Time", default=8, help="How many messages may be under way at once."
    )

    def _transport_described(self):
        """Return the transport of an HTTP gateway."""
        return HttpGateway(self._http_account())

    def _http_account(self):
        """Return the account as core knows it.

        :raises UserError: when it cannot be used as it is described
        """
        try:
            return HttpAccount(
                description=self._http_description(),
                account=self.account or "",
                secret=self._use_secret("secret"),
                callback_secret=self._use_secret("callback_secret"),
                options=read_options(self.options or ""),
                workers=self.workers,
                per_second=self.per_second,
            )
        except GatewayError as error:
            raise UserError(str(error)) from error

    def _http_description(self):
        """Return how requests are written and answers are read."""
        return presets()[self.kind]
