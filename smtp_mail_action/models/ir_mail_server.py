"""Outgoing mail servers as accounts: what core needs to know of them, and how sessions open."""

import logging
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..core.account import Account, Secret
from ..core.configuration import account_from_options
from ..core.errors import AccountError
from ..core.throttle import Rate, Throttle, parse_rates
from ..transports import Session
from ..transports.takeover import connection_error

_logger = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024
#: What the browser gets in place of a password, and sends back when nobody has changed it.
HIDDEN = "••••••••"
#: Addons whose sign-in concerns their own kind of account only.
_OWN_SIGN_IN_ONLY = ("google_gmail", "microsoft_outlook")
#: Addons of the suite, which connect as Odoo does: one for sections, one never in a dry run.
_OF_THE_SUITE = ("smtp_mail_action", "server_action_engine")
_OPTIONS = (
    "smtp_server",
    "smtp_port",
    "smtp_ssl",
    "smtp_user",
    "smtp_password",
    "smtp_ssl_certificate_filename",
    "smtp_ssl_private_key_filename",
    "from_filter",
)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    smtp_sessions = fields.Integer(
        string="Parallel Sessions",
        default=2,
        help="How many e-mails may be under way at once. Many providers allow 5 to 10; if the "
        "server allows fewer than set here, fewer are used.",
    )
    smtp_messages_per_session = fields.Integer(
        string="E-mails per Session",
        default=100,
        help="After so many e-mails a session is closed and a new one opened.",
    )
    smtp_per_minute = fields.Float(
        string="E-mails a Minute",
        help="The account sends no faster than this, whoever sends. 0 means no limit.",
    )
    smtp_domain_rates = fields.Text(
        string="Limits by Domain",
        help="One domain and the e-mails a minute it is sent on each line, such as "
        "“gmail.com 20”. The domain * stands for each one that is not named.",
    )
    smtp_pipelining = fields.Boolean(
        string="Commands at Once",
        default=True,
        help="Send several commands without waiting for each answer, where the server says that "
        "it can. Switch it off for servers that say so wrongly.",
    )

    smtp_reports = fields.Boolean(
        string="Ask for Exact Reports",
        help="Ask the server, where it offers that, to name message and recipient as they were "
        "given when it reports a failure or a delay, and to send back headers only. Off unless "
        "you switch it on: servers report failures anyway, each one on the way gets the request, "
        "and some refuse e-mails that hold it though they offer it.",
    )

    _sessions_in_range = models.Constraint(
        "CHECK(smtp_sessions IS NULL OR smtp_sessions BETWEEN 1 AND 50)",
        "An account has 1 to 50 parallel sessions.",
    )
    _limits_not_negative = models.Constraint(
        "CHECK(smtp_messages_per_session > 0 AND smtp_per_minute >= 0)",
        "E-mails per session are at least 1, and a rate is not below 0.",
    )

    @api.constrains("smtp_domain_rates")
    def _check_domain_rates(self):
        for server in self:
            try:
                parse_rates(server.smtp_domain_rates or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The limits by domain of “%(server)s” cannot be read: %(line)s. "
                        "Write a domain and a number above 0, such as “gmail.com 20”.",
                        server=server.name,
                        line=error,
                    )
                ) from None

    # -- the secret ---------------------------------------------------------------------------

    def web_read(self, specification):
        """Show that there is a password; stock sends the password itself to the browser."""
        result = super().web_read(specification)
        for values in result:
            if values.get("smtp_pass"):
                values["smtp_pass"] = HIDDEN
        return result

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_without_hidden(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_without_hidden(vals))

    # -- for couriers -------------------------------------------------------------------------

    def _smtp_access(self, smtp_from=False):
        """Return ``(Account, function that opens a session in any thread)``.

        Works on one server, or on none: that is the account of the command line.

        :raises UserError: when it cannot be used as it is described
        """
        # Couriers send for everybody; the secret goes no further than the session.
        server = self.sudo()
        account = server._smtp_account()
        if server:
            server._check_forced_mail_server(server, False, smtp_from)
        if server._smtp_opens_itself():
            return account, partial(Session.open, account)
        context = dict(self.env.context)
        opening = partial(_open_by_odoo, self.pool, context, server.id, smtp_from, account)
        return account, opening

    def _smtp_account(self):
        """Return the account as core knows it."""
        if not self or self.smtp_authentication == "cli":
            return self._smtp_account_of_options()
        return Account(
            host=self.smtp_host or "",
            port=self.smtp_port or 25,
            name=self.name,
            encryption=self.smtp_encryption,
            user=self.smtp_user or "",
            secret=Secret(self.smtp_pass or ""),
            from_filter=tuple(self._parse_from_filter(self.from_filter)),
            max_size_bytes=int((self.max_email_size or 0) * _MEGABYTE),
            **self._smtp_limits(),
        )

    def _smtp_limits(self):
        return {
            "sessions": self.smtp_sessions or 1,
            "messages_per_session": self.smtp_messages_per_session or 100,
            "per_minute": self.smtp_per_minute,
            "pipelining": self.smtp_pipelining,
            "reports": self.smtp_reports,
        }

    @api.model
    def _smtp_account_of_options(self):
        try:
            account = account_from_options({key: config.get(key) for key in _OPTIONS})
        except AccountError as error:
            raise UserError(str(error)) from None
        if not account:
            raise UserError(
                self.env._(
                    "There is no account to send e-mail with. Describe one in Settings, Technical, "
                    "Outgoing Mail Servers, or start Odoo with --smtp."
                )
            )
        return account

    def _smtp_opens_itself(self):
        """Tell whether a session can be opened without Odoo's part, which only one thread may do.

        Where an addon signs in or connects in its own way, it goes on doing so.
        """
        if self and (self.smtp_authentication not in ("login", "cli") or self.smtp_debug):
            return False
        return not (
            self._smtp_overrides("_connect__", _OF_THE_SUITE)
            or self._smtp_overrides("_smtp_login__", _OWN_SIGN_IN_ONLY)
        )

    @api.model
    def _smtp_overrides(self, method, known):
        """Tell whether an addon beside ``base`` and the known ones changes a method."""
        modules = {getattr(one, "_module", None) for one in type(self).mro() if method in vars(one)}
        return bool(modules - {"base", None, *known})

    def _smtp_throttle(self, account, buckets):
        """Return the rates of the account, as far as they are used up."""
        rates = parse_rates(self.smtp_domain_rates or "") if self else {}
        rate = Rate(account.per_minute) if account.per_minute else None
        return Throttle(rate, rates, dict(buckets))

    def _smtp_from_filter(self):
        """Return the senders the account may be used for, in Odoo's own notation."""
        return self.from_filter if self else self._get_default_from_filter()


def _without_hidden(vals):
    if vals.get("smtp_pass") != HIDDEN:
        return vals
    return {name: value for name, value in vals.items() if name != "smtp_pass"}


def _open_by_odoo(registry, context, server_id, smtp_from, account):
    """Open a session as Odoo and its addons do (OAuth, certificates); runs in any thread.

    In a transaction of its own: an addon may have to store a fresh token.
    """
    try:
        with registry.cursor() as cr:
            servers = api.Environment(cr, SUPERUSER_ID, context)["ir.mail_server"]
            client = servers._connect__(mail_server_id=server_id or None, smtp_from=smtp_from)
    except Exception as error:  # noqa: BLE001 - an addon may raise anything, nothing was sent
        raise connection_error(error) from None
    return Session(client, account)
