"""Gateways: where text messages leave, and as whom."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..core.http.presets import presets

#: What is shown in place of a secret, and sent back when nobody has changed it.
HIDDEN = "••••••••"
_LABELS = {name: preset.label for name, preset in sorted(presets().items())}


class SmsGateway(models.Model):
    _name = "sms.gateway"
    _description = "SMS Gateway"
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Of several gateways that may carry a message, the first one that works does.",
    )
    kind = fields.Selection(
        list(_LABELS.items()), required=True, help="The provider, or the way it is spoken to."
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        help="Only messages of these companies use this gateway. Empty: those of all companies.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Only numbers of these countries use this gateway. Empty: numbers of all countries.",
    )
    prefixes = fields.Char(
        help="Only numbers that begin so use this gateway, such as “+316, +4479”. The gateway with "
        "the longest prefix that fits comes first. Empty: all numbers.",
    )
    sender = fields.Char(
        help="Who messages come from: a number, a short code, or a name of at most 11 letters and "
        "digits. Empty: the provider chooses.",
    )
    account = fields.Char(help="Name, key or identifier of your account at the provider.")
    secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_secret",
        help="Password or token of the account. It is kept, and never shown again.",
    )
    secret_stored = fields.Char(groups=NO_ACCESS, copy=False, prefetch=False)
    callback_secret = fields.Char(
        compute="_compute_secrets",
        inverse="_inverse_callback_secret",
        help="What delivery reports are checked with. It is kept, and never shown again.",
    )
    callback_secret_stored = fields.Char(groups=NO_ACCESS, copy=False, prefetch=False)
    options = fields.Text(
        help="Further settings of this kind of gateway, one a line, such as “name = value”.",
    )
    per_second = fields.Float(
        string="Parts per Second",
        help="The gateway gets no more parts a second than this. 0 means no limit.",
    )
    validity_minutes = fields.Integer(
        string="Validity (Minutes)",
        help="A message that was not delivered by then is given up, by Odoo before it is sent and "
        "by the network after. 0: Odoo tries for a day, the network as long as it likes.",
    )
    transliterate = fields.Boolean(
        help="Replace characters such as typographic quotes by plain ones where the whole text "
        "then costs fewer parts.",
    )

    @api.depends("secret_stored", "callback_secret_stored")
    def _compute_secrets(self):
        # Whether there is one, is all that is ever told.
        for gateway, stored in zip(self, self.sudo(), strict=True):
            gateway.secret = HIDDEN if stored.secret_stored else False
            gateway.callback_secret = HIDDEN if stored.callback_secret_stored else False

    def _inverse_secret(self):
        for gateway in self.filtered(lambda one: one.secret != HIDDEN):
            gateway.sudo().secret_stored = gateway.secret

    def _inverse_callback_secret(self):
        for gateway in self.filtered(lambda one: one.callback_secret != HIDDEN):
            gateway.sudo().callback_secret_stored = gateway.callback_secret

    def _transport(self):
        """Return what sends: an object with ``send(messages)`` and ``close()``.

        Each kind has a method ``_transport_<kind>``.

        :raises UserError: when the gateway cannot be used as it is described
        """
        self.ensure_one()
        described = self._transport_described if self.kind in presets() else None
        method = getattr(self, f"_transport_{self.kind}", described)
        if method is None:
            raise UserError(
                self.env._(
                    "The gateway “%(gateway)s” is of the kind %(kind)s, which no installed addon "
                    "knows. Choose another kind.",
                    gateway=self.display_name,
                    kind=self.kind,
                )
            )
        return method()
