"""Gateways: where text messages leave, and as whom."""

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.delivery import State
from ..core.errors import NumberError
from ..core.http.presets import presets
from ..core.numbers import parse_sender
from ..core.segments import split

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
    options = fields.Text(
        help="Further settings of this kind of gateway, one a line, such as “name = value”.",
    )
    loose_ids = fields.Boolean(
        string="Report IDs in Other Spellings",
        help="The gateway answers a message with an ID in hexadecimal and reports about it in "
        "decimal, or pads it with zeros. Leave it off otherwise: numbers could be mistaken for "
        "each other.",
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
    fixed_lines = fields.Boolean(
        string="Send to Landlines",
        help="Most networks charge for messages to landlines and deliver none.",
    )
    transliterate = fields.Boolean(
        help="Replace characters such as typographic quotes by plain ones where the whole text "
        "then costs fewer parts.",
    )

    @api.constrains("sender")
    def _check_sender(self):
        for gateway in self.filtered("sender"):
            try:
                parse_sender(gateway.sender)
            except NumberError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("per_second", "validity_minutes")
    def _check_limits(self):
        if any(one.per_second < 0 or one.validity_minutes < 0 for one in self):
            raise ValidationError(
                self.env._("Parts per second and validity are 0, which means no limit, or more.")
            )

    # -- whether there are any ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "active" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_messages(self):
        """What it sends at this moment would be in doubt, and the rest leave by any other way."""
        # Whoever may delete gateways need not read the queue.
        messages = self.env["sms.message"].sudo()
        waiting = [State.QUEUED.value, State.SENDING.value]
        own = messages._search([("gateway_id", "in", self.ids), ("state", "in", waiting)])
        uuids = own.subselect(SQL.identifier(own.table, "uuid"))
        queued = Domain("gateway_id", "in", self.ids) | Domain("uuid", "in", uuids)
        queue = self.env["sms.sms"].sudo()
        if queue.search(Domain("state", "=", "outgoing") & queued, limit=1):
            raise UserError(
                self.env._(
                    "SMS that are in the queue wait for “%(gateways)s”. Archive it, or delete it "
                    "once they have left.",
                    gateways=", ".join(self.mapped("name")),
                )
            )

    @api.model
    @tools.ormcache()
    def _is_any_active(self):
        """Tell whether there is a gateway, at no cost where there is none."""
        return bool(self.sudo().search_count([("active", "=", True)], limit=1))

    @api.model
    def _loose_ids(self, ids):
        """Return ``{gateway id: how its reports' ids are compared}``; see ``id_forms``."""
        gateways = self.sudo().browse(set(ids)).exists()
        return {one.id: "any" if one.loose_ids else "same" for one in gateways}

    # -- for couriers -------------------------------------------------------------------------

    def _part_count(self, text):
        """Return how many parts the gateway makes of a text that can be sent."""
        return split(text).count

    def _callback_template(self):
        """Return where the gateway reports about a message, empty for nowhere.

        Holds ``{reference}`` where the message's reference goes.
        """
        return ""

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
