"""*Test Connection* of SMPP gateways: signs in for real, and says what is wrong."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ..core.outcome import accepted
from ..transports import SessionError
from ..transports.smpp_diagnosis import diagnosis_of
from .sms_gateway_smpp import BINDS

_lt = LazyTranslate(__name__)
WORDS = {
    "dns": _lt("There is no host of this name. Check its spelling."),
    "refused": _lt("The host is there, but nothing listens on this port. Check the port."),
    "timeout": _lt(
        "The host does not answer. Check host and port, and whether a firewall, on either side, "
        "lets this server through: many providers admit known addresses only."
    ),
    "silent": _lt(
        "The host accepts the connection and then says nothing. Perhaps the port expects TLS, or "
        "it is not SMPP."
    ),
    "closed": _lt(
        "The host hangs up before it has answered the sign-in. Perhaps the port expects TLS, or "
        "the provider does not admit this server's address."
    ),
    "tls": _lt("Encryption fails. Perhaps the port expects no TLS: many providers have two ports."),
    "malformed": _lt("What answers is not SMPP. Check the port, and whether it expects TLS."),
    "certificate": _lt(
        "The server's certificate is not accepted, or the trusted certificates cannot be read. "
        "Check the host's name and “Trusted Certificates”."
    ),
    "credentials": _lt("The provider refuses the account. Check account, secret and system type."),
    "account": _lt("What was entered cannot be sent over SMPP."),
    "bound": _lt(
        "The account is signed in already, and the provider allows no further session. Perhaps "
        "another process, or another system, uses it."
    ),
    "bind": _lt("The provider refuses this kind of session. Try other “Sessions”, or ask it."),
    "unbound": _lt("The provider ends the session at once. Ask it for the reason."),
    "unreachable": _lt("The host cannot be reached."),
}


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    def _test_smpp(self):
        """Sign in with each session, one after the other, and out again.

        :returns: an outcome: nothing is wrong
        :raises UserError: with what is wrong, and what to do
        """
        for bind in BINDS[self.smpp_bind]:
            try:
                self._smpp_session(bind).test()
            except SessionError as error:
                raise UserError(
                    self.env._(
                        "%(gateway)s: %(words)s\n\n%(detail)s",
                        gateway=self.display_name,
                        # pylint: disable=translation-not-lazy
                        words=self.env._(WORDS[diagnosis_of(error)]),
                        detail=str(error),
                    )
                ) from error
        return accepted()
