"""The kind *http*: a provider of any kind, described in the form."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.delivery import State
from ..core.errors import GatewayError
from ..core.http.description import (
    FORM,
    JSON,
    JWT,
    NO_CHECK,
    PLACEHOLDERS,
    QUERY,
    SECRET,
    TWILIO,
    VONAGE,
)
from ..core.http.presets import presets
from ..core.http.written import WRITTEN, Written, description_of, written_of
from ..core.outcome import Fate

_PATH = (
    "Path into JSON: names and positions with dots, * for every element, such as "
    "“messages.*.status”; | between paths of which the first that is there counts. For text, a "
    "regular expression with one group."
)
_FATES = ", ".join(fate.value for fate in Fate)
_STATES = ", ".join(
    state.value for state in State if state not in (State.QUEUED, State.SENDING, State.IN_DOUBT)
)


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    kind = fields.Selection(
        selection_add=[("http", "HTTP, described here")], ondelete={"http": "cascade"}
    )
    http_url = fields.Char(
        string="Address", help="Address of a request. Placeholders such as {to} are filled in."
    )
    http_method = fields.Selection(
        [("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")], string="Method", default="POST"
    )
    http_format = fields.Selection(
        [(FORM, "Form"), (JSON, "JSON"), (QUERY, "In the address")],
        string="Parameters As",
        default=FORM,
    )
    http_parameters = fields.Text(
        string="Parameters",
        help="One a line, such as “to = {to}”; for JSON, the body as JSON. A parameter whose "
        "placeholder has no value is left out.",
    )
    http_headers = fields.Text(
        string="Headers", help="One a line, such as “Authorization: Bearer {secret}”."
    )
    http_basic_auth = fields.Boolean(
        string="Basic Authentication", help="Send account and secret as HTTP's own header."
    )
    http_test_url = fields.Char(
        string="Address for Tests",
        help="Address that answers well only if account and secret are right, and sends nothing. "
        "Empty: the test of the connection looks at the server only.",
    )
    http_reply_format = fields.Selection(
        [("json", "JSON"), ("text", "Text")], string="Answer As", default="json"
    )
    http_reply_id = fields.Char(
        string="Path of the ID", help=_PATH + " Empty: the gateway gives no IDs."
    )
    http_reply_code = fields.Char(
        string="Path of a Code",
        help=_PATH + " Empty: the HTTP status says whether it worked.",
    )
    http_reply_ok_codes = fields.Char(
        string="Codes of Success", help="Codes that mean it worked, with commas."
    )
    http_reply_error_code = fields.Char(
        string="Path of an Error's Code", help=_PATH + " Empty: the same as the code."
    )
    http_reply_error_text = fields.Char(string="Path of an Error's Text", help=_PATH)
    http_reply_fates = fields.Text(
        string="Meaning of Codes",
        help=f"One a line, such as “21610 = failed”. Meanings: {_FATES}. “gateway” says that the "
        "account is to blame, so that every other message would meet the same.",
    )
    http_reply_statuses = fields.Text(
        string="Meaning of HTTP Statuses",
        help=f"Only where the gateway differs from what is usual, such as “400 = retry”. "
        f"Meanings: {_FATES}.",
    )
    http_callback_check = fields.Selection(
        [
            (SECRET, "Secret in the address"),
            (TWILIO, "Twilio's signature"),
            (VONAGE, "Vonage's signature"),
            (JWT, "Signed token (JWT)"),
            (NO_CHECK, "Nothing: anybody could report"),
        ],
        string="Proof",
        default=SECRET,
        help="How a report proves that the gateway sent it.",
    )
    http_callback_id = fields.Char(string="Path of a Report's ID", help=_PATH)
    http_callback_reference = fields.Char(
        string="Path of the Reference",
        help="Where the reference comes back that was sent along as {reference}. Not needed if the "
        "address for reports is sent along as {callback_url}.",
    )
    http_callback_state = fields.Char(string="Path of the State", help=_PATH)
    http_callback_states = fields.Text(
        string="Meaning of States",
        help=f"One a line, such as “DELIVRD = delivered”. Meanings: {_STATES}.",
    )
    http_callback_error = fields.Char(string="Path of a Report's Error", help=_PATH)
    placeholder_help = fields.Html(compute="_compute_placeholder_help")

    def _compute_placeholder_help(self):
        lines = "".join(
            f"<tr><td><code>{{{name}}}</code></td><td>{self.env._(meaning)}</td></tr>"
            for name, meaning in PLACEHOLDERS.items()
        )
        self.placeholder_help = f"<table class='table table-sm mb-0'><tbody>{lines}</tbody></table>"

    def _transport_http(self):
        return self._transport_described()

    def _http_description(self):
        if self.kind != "http":
            return super()._http_description()
        written = Written(
            **{
                name: self[f"http_{name}"] or ("" if name != "basic_auth" else False)
                for name in WRITTEN
            }
        )
        options = dict.fromkeys(self._http_option_names(), self.env._("an option of the gateway"))
        try:
            return description_of(written, "http", self.name or "", options)
        except GatewayError as error:
            raise UserError(str(error)) from error

    def _http_option_names(self):
        lines = (line.partition("=")[0].strip() for line in (self.options or "").splitlines())
        return [name for name in lines if name]

    @api.constrains(*(f"http_{name}" for name in WRITTEN))
    def _check_http_form(self):
        self._check_http()

    def action_describe(self):
        """Turn a gateway with a preset into one that is described in the form, as it is."""
        self.ensure_one()
        self.check_access("write")
        preset = presets().get(self.kind)
        if not preset:
            raise UserError(self.env._("This gateway has no preset that could be written down."))
        written = written_of(preset)
        server = {}
        if self.server and "server" in preset.options:
            options = f"server = {self.server}\n{self.options or ''}".strip()
            server = {"options": options, "server": False}
        self.write(
            {
                "kind": "http",
                **server,
                **{f"http_{name}": getattr(written, name) for name in WRITTEN},
            }
        )
        return True
