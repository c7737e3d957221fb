"""*Test Connection* that says what is wrong, and settings of known providers."""

from odoo import api, fields, models, modules
from odoo.exceptions import UserError

from ..core.providers import PROVIDERS, provider_of
from ..transports import diagnose
from ..transports.diagnosis import PASSED


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    smtp_provider = fields.Selection(
        [(key, one.name) for key, one in PROVIDERS.items()],
        string="Provider",
        help="Fills in server, port and encryption of a known provider.",
    )
    smtp_provider_note = fields.Char(compute="_compute_smtp_provider_note")
    smtp_account_ids = fields.One2many("smtp.account", "mail_server_id", string="Condition")
    smtp_condition = fields.Selection(
        [("working", "Working"), ("resting", "Resting"), ("down", "Down")],
        string="Account Condition",
        compute="_compute_smtp_condition",
        help="After trouble an account rests, longer each time, and e-mails wait meanwhile.",
    )
    smtp_condition_text = fields.Char(compute="_compute_smtp_condition")

    @api.depends("smtp_provider")
    def _compute_smtp_provider_note(self):
        for server in self:
            provider = PROVIDERS.get(server.smtp_provider)
            note = provider.note if provider else ""
            server.smtp_provider_note = self.env._(note) if note else False

    @api.depends("smtp_account_ids")
    def _compute_smtp_condition(self):
        for server in self:
            account = server.sudo().smtp_account_ids[:1]
            server.smtp_condition = account.state or "working"
            server.smtp_condition_text = account.reason and self.env._(
                "Since %(since)s: %(reason)s %(advice)s",
                since=fields.Datetime.context_timestamp(self, account.failing_since).strftime(
                    "%Y-%m-%d %H:%M"
                ),
                reason=dict(account._fields["reason"]._description_selection(self.env))[
                    account.reason
                ],
                advice=account.advice or "",
            )

    @api.onchange("smtp_provider")
    def _onchange_smtp_provider(self):
        provider = PROVIDERS.get(self.smtp_provider)
        if provider:
            self.smtp_host = provider.host
            self.smtp_encryption = provider.encryption
            self.smtp_port = provider.port
            if not self.smtp_user:
                address = (self.from_filter or "").strip()
                self.smtp_user = provider.user_of(address if "@" in address else "")

    @api.onchange("smtp_user")
    def _onchange_smtp_user_provider(self):
        """Offer a provider's settings where the address tells who it is."""
        provider = provider_of(self.smtp_user or "")
        if provider and not self.smtp_host:
            self.smtp_provider = provider.key
            self._onchange_smtp_provider()

    @api.onchange("smtp_encryption")
    def _onchange_encryption(self):
        """Stock knows the port of one kind of TLS from the start, not of the other (M8)."""
        port = self.smtp_port
        result = super()._onchange_encryption()
        provider = PROVIDERS.get(self.smtp_provider)
        if provider and self.smtp_encryption == provider.encryption:
            self.smtp_port = provider.port
        elif self.smtp_encryption == "ssl_strict":
            self.smtp_port = 465
        elif port == 587 and self.smtp_encryption in ("starttls", "starttls_strict"):
            self.smtp_port = port
        return result

    def action_try_account_again(self):
        """End the rest of the account and have the queue run."""
        self.smtp_account_ids.action_try_again()
        return True

    def test_smtp_connection(self, autodetect_max_email_size=False):
        """Try each account step by step, and say at which step it ended and what to do.

        Accounts that an addon opens in its own way are tried in Odoo's.
        """
        own = self.filtered(lambda server: server.sudo()._smtp_opens_itself())
        if autodetect_max_email_size or own != self or modules.module.current_test:
            return super().test_smtp_connection(autodetect_max_email_size)
        notes = [note for server in self for note in server._diagnose()]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Connection Test Successful"),
                "message": " ".join(notes) or self.env._("E-mails can be sent by this account."),
                "type": "warning" if notes else "success",
                "sticky": bool(notes),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _diagnose(self):
        """Return what should not stay as it is.

        :raises UserError: with the step that failed
        """
        self.ensure_one()
        sender = self._get_test_email_from()
        found = diagnose(self.sudo()._smtp_account(), sender)
        if not found.works:
            raise UserError(self._diagnosis_text(found))
        # It works: nothing has to wait for the end of a rest.
        self.sudo().smtp_account_ids.filtered("failures").action_try_again()
        return [self.env._(warning) for warning in found.warnings]

    def _diagnosis_text(self, found):
        problem = found.problem
        lines = [
            self.env._("“%(server)s” cannot send e-mail.", server=self.name),
            *(f"✓ {self.env._(PASSED[step.key])}" for step in found.steps if step.passed),
            f"✗ {self.env._(problem.words)}",
        ]
        if problem.detail:
            lines.append(
                self.env._("The server or the network said: %(text)s", text=problem.detail)
            )
        if problem.advice:
            lines.append(self.env._(problem.advice))
        return "\n".join(lines)
