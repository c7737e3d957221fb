"""Where HTTP gateways report what became of messages."""

import logging
import time
from urllib.parse import urlencode

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import Controller, Response, request, route

from ..core.errors import GatewayError, SignatureError
from ..core.http.callback import MAX_BODY, CallbackRequest, check_callback, read_callback
from ..core.http.description import VONAGE
from ..core.http.incoming import read_message
from ..core.http.paths import is_storable
from ..models.sms_gateway_http import ROUTE

_logger = logging.getLogger(__name__)


class SmsReport(Controller):
    @route(
        [f"{ROUTE}/<string:token>", f"{ROUTE}/<string:token>/<string:reference>"],
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
    )
    def report(self, token, reference="", **_parameters):
        """Take a report or a message: 2xx once it is kept or about nothing known, else 403.

        Everything is checked with the gateway that the address names, never with the message.
        """
        # Nobody signs in here: the gateway's own proof is what counts.
        gateways = request.env["sms.gateway"].sudo().with_context(active_test=False)
        gateway = is_storable(token) and gateways.search([("callback_token", "=", token)])
        if not gateway or not gateway._is_http():
            return Response("Unknown address.", status=404)
        length = request.httprequest.content_length or 0
        if length > MAX_BODY:
            return Response("Too long.", status=413)
        callback = self._callback()
        try:
            account = gateway._http_account()
        except UserError as error:
            _logger.warning("The gateway %s cannot read its reports: %s", gateway.id, error)
            return Response("Not now.", status=503)
        try:
            check_callback(callback, account, time.time())
        except (SignatureError, GatewayError) as error:
            _logger.warning("A report to the gateway %s was refused: %s", gateway.id, error)
            return Response("Not proven.", status=403)
        rules = account.description.callback
        message = read_message(callback, rules)
        if message:
            request.env["sms.incoming"].sudo()._take(gateway.id, [message])
            # Without a text: some gateways send that to whoever wrote.
            return Response(status=204)
        self._apply(gateway, callback, rules, reference)
        return Response("OK", status=200)

    def _callback(self):
        raw = request.httprequest
        # As the gateway called it: signatures cover the address of the outside.
        base = request.env["ir.config_parameter"].sudo().get_param("web.base.url").rstrip("/")
        query = raw.query_string.decode("ascii", "replace")
        url = f"{base}{raw.path}" + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in raw.headers.items()}
        # Odoo has read a form before anybody asks for its body.
        body = raw.get_data() or urlencode(list(raw.form.items(multi=True))).encode()
        return CallbackRequest(url, headers, body[:MAX_BODY])

    def _apply(self, gateway, callback, rules, reference):
        # Vonage's signature does not cover the path, so the path proves nothing there.
        own = reference if rules.check != VONAGE and is_storable(reference) else ""
        found = read_callback(callback, rules, own)
        if found is None:
            return
        request.env["sms.message"].sudo()._apply_reports(
            [
                (
                    gateway,
                    found.provider_id,
                    found.state,
                    found.error,
                    fields.Datetime.now(),
                    found.reference,
                )
            ]
        )
