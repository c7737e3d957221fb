"""Gateways over HTTP: those with a preset, and those described in the form."""

from secrets import token_urlsafe
from urllib.parse import quote
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.errors import GatewayError
from ..core.http.account import HttpAccount
from ..core.http.description import NO_CHECK, SECRET
from ..core.http.place import at_server
from ..core.http.presets import presets
from ..core.http.request import build_request, check_description
from ..core.http.written import read_lines
from ..transports import HttpGateway
from ..transports.http_probe import SAMPLE, probe

ROUTE = "/sms_action/report"
#: Stands for secrets where a request is shown.
HIDDEN_PREVIEW = "SECRET"


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    workers = fields.Integer(
        string="Requests at a Time",
        default=8,
        help="How many messages may be under way at once. Ask your provider how many it allows.",
    )
    server = fields.Char(
        help="Address of the server, such as “https://sms.example.com:13013”. Empty: the "
        "provider's usual one."
    )
    is_http = fields.Boolean(compute="_compute_is_http")
    callback_page = fields.Char(
        string="Address for Reports",
        compute="_compute_callback_page",
        help="Most providers get it with each message. Write it at the provider where they do "
        "not, and for incoming SMS, followed by “?token=” and the secret for reports, unless the "
        "provider signs.",
    )
    callback_token = fields.Char(readonly=True, copy=False)
    request_preview = fields.Text(compute="_compute_request_preview")

    @api.depends("kind")
    def _compute_is_http(self):
        for gateway in self:
            gateway.is_http = gateway._is_http()

    def _is_http(self):
        return self.kind == "http" or self.kind in presets()

    @api.depends("callback_token")
    def _compute_callback_page(self):
        for gateway in self:
            token = gateway.callback_token
            page = f"{gateway.get_base_url()}{ROUTE}/{token}"
            gateway.callback_page = page if token and gateway._is_http() else False

    def _compute_request_preview(self):
        """Show what would be sent, without secrets."""
        for gateway in self:
            gateway.request_preview = gateway._is_http() and gateway._preview()

    def _preview(self):
        try:
            request = build_request(SAMPLE, self._http_account(secret=HIDDEN_PREVIEW))
        except (GatewayError, UserError) as error:
            return str(error)
        lines = [f"{request.method} {request.url}"]
        lines += [f"{name}: {text}" for name, text in request.headers if name != "Authorization"]
        if any(name == "Authorization" for name, _text in request.headers):
            lines.append(f"Authorization: {HIDDEN_PREVIEW}")
        return "\n".join([*lines, "", request.body.decode()]).strip()

    # -- the account --------------------------------------------------------------------------

    def _transport_described(self):
        """Return the transport of an HTTP gateway."""
        return HttpGateway(self._http_account())

    def _http_account(self, secret=None):
        """Return the account as core knows it.

        :param secret: stands for the real one
        :raises UserError: when it cannot be used as it is described
        """
        try:
            return HttpAccount(
                description=at_server(self._http_description(), (self.server or "").strip()),
                account=self.account or "",
                secret=self._use_secret("secret") if secret is None else secret,
                callback_secret=self._use_secret("callback_secret") if secret is None else secret,
                options=self._http_options(),
                workers=self.workers,
                per_second=self.per_second,
            )
        except GatewayError as error:
            raise UserError(str(error)) from error

    def _http_options(self):
        options = read_lines(self.options or "")
        if self.server and "server" in self._http_description().options:
            options["server"] = self.server.strip().rstrip("/")
        return options

    def _http_description(self):
        """Return how requests are written and answers are read."""
        return presets()[self.kind]

    @api.constrains("kind", "options", "server", "workers")
    def _check_http(self):
        for gateway in self.filtered(lambda one: one._is_http()):
            try:
                account = gateway._http_account(secret="")
                check_description(account.description)
            except (GatewayError, UserError) as error:
                raise ValidationError(
                    self.env._(
                        "The gateway “%(gateway)s” cannot be used: %(problem)s",
                        gateway=gateway.name,
                        problem=error,
                    )
                ) from error

    # -- trying it ----------------------------------------------------------------------------

    def _test_described(self):
        """Return the outcome of a try, see ``action_test_connection``."""
        try:
            return probe(self._http_account())
        except GatewayError as error:
            raise UserError(str(error)) from error

    # -- reports ------------------------------------------------------------------------------

    def _callback_template(self):
        if not self._is_http():
            return super()._callback_template()
        url = f"{self.callback_page}/{{reference}}"
        if self._http_description().callback.check != SECRET:
            return url
        secret = self._use_secret("callback_secret")
        return f"{url}?token={quote(secret, safe='')}" if secret else ""

    @api.model_create_multi
    def create(self, vals_list):
        """Give each gateway its own address for reports, and a secret that goes with it."""
        return super().create(
            [
                {
                    **vals,
                    "callback_token": uuid4().hex,
                    "callback_secret": vals.get("callback_secret") or self._made_up_secret(vals),
                }
                for vals in vals_list
            ]
        )

    def _made_up_secret(self, vals):
        """Return a secret for reports that prove their origin by one; the others sign."""
        kind = vals.get("kind")
        if kind in presets():
            check = presets()[kind].callback.check
        else:
            check = vals.get("http_callback_check", SECRET) if kind == "http" else NO_CHECK
        return token_urlsafe(24) if check == SECRET else False
