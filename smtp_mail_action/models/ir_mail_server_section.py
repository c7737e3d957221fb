"""Accounts of the configuration file: ``[smtp:<name>]`` sections, beside those of the database.

The secret stays in the file. Odoo itself reads ``[options]`` only, so the file is read here.
"""

import logging
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..core.configuration import parse_account, read_sections
from ..core.errors import AccountError
from ..transports.connection import open_connection

_logger = logging.getLogger(__name__)

SECTION = "section"
#: Database → what the file was when its sections were last looked for there.
_SEEN = {}


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    smtp_authentication = fields.Selection(
        selection_add=[(SECTION, "Configuration File")],
        ondelete={SECTION: lambda servers: servers._keep_without_section()},
    )
    smtp_section = fields.Char(
        string="Section",
        copy=False,
        help="Name of the section in Odoo's configuration file that describes the account: "
        "“orders” for [smtp:orders]. Server, user and password are read from there.",
    )

    _unique_section = models.Constraint(
        "UNIQUE(smtp_section)", "There is an account for this section of the file already."
    )

    def _keep_without_section(self):
        """Of what the file describes nothing is left without this addon: no account to use."""
        self.write({"smtp_authentication": "login", "active": False})

    @api.depends("smtp_authentication")
    def _compute_smtp_authentication_info(self):
        result = super()._compute_smtp_authentication_info()
        for server in self.filtered(lambda one: one.smtp_authentication == SECTION):
            server.smtp_authentication_info = self.env._(
                "Everything about the account stands in Odoo's configuration file, and the "
                "password does not enter the database. Name the section below."
            )
        return result

    def _smtp_account(self):
        if not self or self.smtp_authentication != SECTION:
            return super()._smtp_account()
        keys = self._smtp_sections().get(self.smtp_section or "")
        if keys is None:
            raise UserError(
                self.env._(
                    "The account “%(account)s” is described in the section [smtp:%(section)s] of "
                    "the configuration file, which has none of that name. Add it, or choose "
                    "another account.",
                    account=self.name,
                    section=self.smtp_section or "",
                )
            )
        try:
            return parse_account(self.smtp_section, keys)
        except AccountError as error:
            raise UserError(str(error)) from None

    def _smtp_opens_itself(self):
        return super()._smtp_opens_itself() or bool(self and self.smtp_authentication == SECTION)

    @api.model
    def _smtp_sections(self):
        """Return section → its keys.

        :raises UserError: when the file cannot be read
        """
        try:
            with open(config["config"], encoding="utf-8") as file:
                return read_sections(file.read())
        except OSError:
            return {}
        except AccountError as error:
            raise UserError(str(error)) from None

    @api.model
    def _sync_smtp_sections(self):
        """Make an account of each section that has none, so that senders find it.

        Looks again only when the file has changed. A section with faults is told of in the log
        and is no obstacle for the others.
        """
        try:
            found = os.stat(config["config"])
            stamp = (found.st_mtime_ns, found.st_size)
        except OSError:
            return
        if _SEEN.get(self.env.cr.dbname) == stamp:
            return
        try:
            sections = self._smtp_sections()
        except UserError as error:
            _logger.warning("%s", error)
            sections = {}
        # Accounts are the system's, whoever runs the queue.
        servers = self.sudo().with_context(active_test=False)
        known = {one.smtp_section: one for one in servers.search([("smtp_section", "!=", False)])}
        for name, keys in sections.items():
            self._sync_smtp_section(servers, known.get(name), name, keys)
        _SEEN[self.env.cr.dbname] = stamp

    @api.model
    def _sync_smtp_section(self, servers, server, name, keys):
        try:
            account = parse_account(name, keys)
        except AccountError as error:
            _logger.warning("An account of the configuration file cannot be used: %s", error)
            return
        # What Odoo chooses an account by; everything else is read when it is used.
        vals = {
            "from_filter": ", ".join(account.from_filter) or False,
            "smtp_host": account.host,
            "smtp_port": account.port,
            "smtp_encryption": account.encryption,
        }
        if not server:
            vals.update(name=name, smtp_section=name, smtp_authentication=SECTION)
            servers.create(vals)
        elif any(server[field] != value for field, value in vals.items()):
            server.write(vals)

    # -- Odoo's own way to a session ----------------------------------------------------------

    def _connect__(
        self, host=None, *args, smtp_from=None, mail_server_id=None, allow_archived=False, **kwargs
    ):
        if not host and not self._disable_send():
            # As Odoo does it: whoever sends need not read accounts.
            servers = self.sudo()
            if mail_server_id:
                server = servers.browse(mail_server_id)
            else:
                server, _sender = servers._find_mail_server(smtp_from)
            if server and server.smtp_authentication == SECTION:
                self._check_forced_mail_server(server, allow_archived, smtp_from)
                return server._connect_section(smtp_from)
        return super()._connect__(
            host,
            *args,
            smtp_from=smtp_from,
            mail_server_id=mail_server_id,
            allow_archived=allow_archived,
            **kwargs,
        )

    def _connect_section(self, smtp_from):
        account = self._smtp_account()
        client = open_connection(account)
        client.from_filter = self.from_filter
        client.smtp_from = smtp_from
        return client
