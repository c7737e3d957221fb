"""Gateways over SMPP 3.4: their settings, and what speaks to them."""

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.concat import Joining
from ..core.errors import GatewayError
from ..core.reasons import THROTTLED
from ..core.segments import GSM7, LATIN1, REFERENCE_8, REFERENCE_16, UCS2, choose, split
from ..core.smpp.account import SmppAccount
from ..transports import SmppGateway
from .smpp_arrivals import Arrivals

#: How parts are joined, and the bits of the reference in a header.
_JOINING = {
    "header8": (Joining.HEADER, REFERENCE_8),
    "header16": (Joining.HEADER, REFERENCE_16),
    "sar": (Joining.SAR, REFERENCE_16),
    "payload": (Joining.PAYLOAD, REFERENCE_8),
}
#: What each kind of bind holds: the sessions, in the order in which they are opened.
BINDS = {
    "transceiver": ("transceiver",),
    "pair": ("receiver", "transmitter"),
    "transmitter": ("transmitter",),
    "receiver": ("receiver",),
}
SENDING = ("transceiver", "transmitter")
"""Sessions that can submit."""
_TON = [
    ("0", "0 – Unknown"),
    ("1", "1 – International"),
    ("2", "2 – National"),
    ("3", "3 – Network Specific"),
    ("4", "4 – Subscriber Number"),
    ("5", "5 – Alphanumeric"),
    ("6", "6 – Abbreviated"),
]
_NPI = [
    ("0", "0 – Unknown"),
    ("1", "1 – ISDN (E.163, E.164)"),
    ("3", "3 – Data (X.121)"),
    ("4", "4 – Telex (F.69)"),
    ("6", "6 – Land Mobile (E.212)"),
    ("8", "8 – National"),
    ("9", "9 – Private"),
    ("10", "10 – ERMES"),
    ("14", "14 – Internet (IP)"),
    ("18", "18 – WAP Client"),
]


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    kind = fields.Selection(selection_add=[("smpp", "SMPP 3.4")], ondelete={"smpp": "cascade"})
    smpp_host = fields.Char(string="Host", help="Name or address of the provider's SMPP server.")
    smpp_port = fields.Integer(
        string="Port", default=2775, help="2775 is the usual one; with TLS it is often 3550."
    )
    smpp_bind = fields.Selection(
        [
            ("transceiver", "One session for both (transceiver)"),
            ("pair", "Two sessions (transmitter and receiver)"),
            ("transmitter", "Send only (transmitter)"),
            ("receiver", "Reports only (receiver)"),
        ],
        string="Sessions",
        default="transceiver",
        help="How the provider lets you in. One session for both is the usual way. “Send only” "
        "gets no delivery reports.",
    )
    smpp_system_type = fields.Char(
        string="System Type", size=12, help="Only if the provider asks for one."
    )
    smpp_service_type = fields.Char(
        string="Service Type", size=5, help="Only if the provider asks for one."
    )
    smpp_tls = fields.Boolean(
        string="TLS",
        help="Encrypt the connection. Without it the password and all texts can be read on the "
        "way; use it wherever the provider offers it.",
    )
    smpp_tls_check = fields.Boolean(
        string="Check Certificate",
        default=True,
        help="Refuse a server whose certificate is not valid for this host.",
    )
    smpp_tls_ca = fields.Text(
        string="Trusted Certificates",
        help="Certificates in PEM form to trust. Empty: those the machine trusts.",
    )
    smpp_window = fields.Integer(
        string="Window",
        default=10,
        help="Parts that may wait for the provider's answer at a time. A larger window is faster "
        "over a distance; no more than the provider allows.",
    )
    smpp_connect_seconds = fields.Float(
        string="Time to Connect (Seconds)",
        default=10.0,
        help="Longest wait for a connection, and for the answer to the sign-in.",
    )
    smpp_answer_seconds = fields.Float(
        string="Time to Answer (Seconds)",
        default=60.0,
        help="Longest wait for an answer. A message without one is in doubt.",
    )
    smpp_enquire_seconds = fields.Float(
        string="Sign of Life (Seconds)",
        default=30.0,
        help="Silence after which the provider is asked whether it is alive (enquire_link).",
    )
    smpp_joining = fields.Selection(
        [
            ("header8", "Header with an 8-bit number"),
            ("header16", "Header with a 16-bit number"),
            ("sar", "Optional parameters (sar_…)"),
            ("payload", "The provider cuts (message_payload)"),
        ],
        string="Long Messages",
        default="header8",
        help="How the parts of a long message are joined. The header with an 8-bit number works "
        "nearly everywhere.",
    )
    smpp_gsm_coding = fields.Integer(
        string="Data Coding",
        default=0,
        help="data_coding of messages that are not Unicode: 0 is the provider's own alphabet, "
        "some want 1, 3 or 241. Unicode is always 8.",
    )
    smpp_gsm_as_latin1 = fields.Boolean(
        string="Alphabet Is ISO 8859-1",
        help="The provider's own alphabet is ISO 8859-1 (Latin 1) instead of GSM 03.38. A part "
        "then has 140 characters.",
    )
    smpp_source_ton = fields.Selection(
        _TON, string="Sender TON", help="Type of number of the sender. Empty: by what it is."
    )
    smpp_source_npi = fields.Selection(
        _NPI, string="Sender NPI", help="Numbering plan of the sender. Empty: by what it is."
    )
    smpp_destination_ton = fields.Selection(
        _TON, string="Recipient TON", help="Type of number of the recipient. Empty: by what it is."
    )
    smpp_destination_npi = fields.Selection(
        _NPI, string="Recipient NPI", help="Numbering plan of the recipient. Empty: by what it is."
    )
    smpp_receipts = fields.Boolean(
        string="Ask for Delivery Reports",
        default=True,
        help="Some providers bill reports. Without them a message ends as accepted.",
    )

    @api.constrains(
        *("kind", "account", "per_second", "smpp_host", "smpp_port", "smpp_bind", "smpp_window"),
        *("smpp_connect_seconds", "smpp_answer_seconds", "smpp_enquire_seconds"),
        *("smpp_gsm_coding", "smpp_tls", "smpp_tls_ca"),
    )
    def _check_smpp(self):
        for gateway in self.filtered(lambda one: one.kind == "smpp"):
            try:
                gateway._smpp_account()
            except UserError as error:
                raise ValidationError(str(error)) from error

    def _smpp_account(self, bind="transceiver"):
        """Return the account as core knows it.

        :param bind: the session, one of those of :data:`BINDS`
        :raises UserError: when it cannot be used as it is described
        """
        self.ensure_one()
        joining, reference_bits = _JOINING[self.smpp_joining]
        try:
            return SmppAccount(
                host=(self.smpp_host or "").strip(),
                port=self.smpp_port,
                system_id=self.account or "",
                # The password goes no further than the transport.
                password=self._use_secret("secret"),
                system_type=self.smpp_system_type or "",
                service_type=self.smpp_service_type or "",
                bind=bind,
                tls=self.smpp_tls,
                tls_ca=self.smpp_tls_ca or "",
                tls_check=self.smpp_tls_check,
                window=self.smpp_window,
                per_second=self.per_second,
                connect_seconds=self.smpp_connect_seconds,
                answer_seconds=self.smpp_answer_seconds,
                enquire_seconds=self.smpp_enquire_seconds,
                joining=joining,
                reference_bits=reference_bits,
                gsm_coding=self.smpp_gsm_coding,
                gsm_as_latin1=self.smpp_gsm_as_latin1,
                source_ton=_code(self.smpp_source_ton),
                source_npi=_code(self.smpp_source_npi),
                destination_ton=_code(self.smpp_destination_ton),
                destination_npi=_code(self.smpp_destination_npi),
                receipts=self.smpp_receipts and self.smpp_bind != "transmitter",
            )
        except GatewayError as error:
            raise UserError(str(error)) from error

    def _transport_smpp(self):
        """Return what sends over a session of its own: the way of the scheduled action."""
        bind = next((one for one in BINDS[self.smpp_bind] if one in SENDING), None)
        if bind is None:
            raise UserError(
                self.env._(
                    "The gateway “%(gateway)s” only gets reports. Choose other sessions in its "
                    "settings, or another gateway for this message.",
                    gateway=self.display_name,
                )
            )
        return self._smpp_session(bind)

    def _smpp_session(self, bind, **options):
        """Return a session, not opened yet.

        :param options: see ``SmppGateway``
        """
        arrivals = Arrivals(self.env.cr.dbname, self.id)
        return SmppGateway(self._smpp_account(bind), arrivals, **options)

    def _part_count(self, text):
        if self.kind != "smpp":
            return super()._part_count(text)
        first = LATIN1 if self.smpp_gsm_as_latin1 else GSM7
        _joining, reference_bits = _JOINING[self.smpp_joining]
        return split(text, choose(text, (first, UCS2)), reference_bits).count

    def _smpp_bound(self):
        """Note that the gateway has let the process in: what waited for that may go."""
        if self.failures and self.reason != THROTTLED:
            self.action_try_again()

    def _offer(self, company):
        offer = super()._offer(company)
        if self.kind == "smpp" and self.smpp_bind == "receiver":
            return replace(offer, serves_company=False)
        return offer


def _code(value):
    return int(value) if value else None
