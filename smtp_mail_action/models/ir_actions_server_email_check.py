"""What can be wrong with an action of type ``email``, and what a run says about it."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.core.errors import ConfigurationError, EngineError
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.core.template import SYNTAXES

from ..core.address_lists import parse_mailbox
from ..core.errors import AddressError
from .ir_actions_server_email_addresses import EMAIL

#: Lines of a run about people who got nothing; the rest is counted.
_MAX_LINES = 20


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # -- in the form ---------------------------------------------------------------------------

    def _email_warning_depends(self):
        names = """
            to cc bcc reply_to sender subject message format template_id server_id report_ids
            report_format attachment_path partner_ids
        """
        return [f"email_{name}" for name in names.split()]

    def _email_warnings(self):
        problems = [*self._email_address_problems(), *self._email_text_problems()]
        try:
            self._email_attachment_chains()
        except ConfigurationError as error:
            problems.append(str(error))
        problems += [self._email_report_problem(), self._email_written_sender_problem()]
        return [problem for problem in problems if problem]

    def _email_address_problems(self):
        if not (self.email_to or self.email_partner_ids or self.email_template_id):
            yield self.env._("Say whom the e-mail goes to.")
        for name in ("email_to", "email_cc", "email_bcc", "email_reply_to"):
            if problem := self._recipients_problem(self[name], EMAIL):
                yield self._email_named(name, problem)
        if problem := self._template_problem(self.email_sender):
            yield self._email_named("email_sender", problem)

    def _email_text_problems(self):
        template = self.email_template_id
        if template and template.model_id != self.model_id:
            yield self.env._(
                "The mail template “%(template)s” is for %(other)s, not for %(model)s.",
                template=template.name,
                other=template.model_id.name,
                model=self.model_id.name,
            )
        if not template and not (self.email_subject or "").strip():
            yield self.env._("Write a subject, or choose a mail template.")
        if problem := self._template_problem(self.email_subject):
            yield self._email_named("email_subject", problem)
        if not template and self.email_format != "qweb":
            if problem := self._template_problem(self.email_message, self.email_format == "html"):
                yield self._email_named("email_message", problem)

    def _email_named(self, name, problem):
        label = self._fields[name].get_description(self.env)["string"]
        return self.env._("“%(field)s”: %(problem)s", field=label, problem=problem)

    def _email_written_sender_problem(self):
        """Return why no account sends for a sender that is written down, or an empty string."""
        text = self.email_sender or ""
        if not text.strip() or any(syntax[:2] in text for syntax in SYNTAXES):
            return ""
        try:
            return self._email_sender_problem(parse_mailbox(text).address)
        except AddressError as error:
            return self._email_named("email_sender", str(error))

    # -- accounts ------------------------------------------------------------------------------

    def _email_account(self):
        """Return the account that is chosen here or in the template; empty: Odoo chooses."""
        return (self.email_server_id or self.email_template_id.mail_server_id).sudo()

    def _email_sender_problem(self, address):
        """Return why no account may send from an address, or an empty string.

        Stock Odoo puts the address for notifications in its place if an account may use that;
        only if there is none, the mail would be refused or look forged.
        """
        Server = self.env["ir.mail_server"].sudo()
        chosen = self._email_account()
        accounts = chosen or Server.search(Server._find_mail_server_allowed_domain())
        accounts = accounts if chosen else accounts._filter_mail_servers_fallback(accounts)
        filters = accounts.mapped("from_filter") or [Server._get_default_from_filter()]
        addresses = filter(None, (address, Server._get_default_from_address()))
        if any(Server._match_from_filter(one, allowed) for one in addresses for allowed in filters):
            return ""
        return self.env._(
            "No account may send from %(address)s: %(accounts)s. Change the sender of the action "
            "“%(action)s”, or what the account may send from.",
            address=address,
            accounts=", ".join(
                self.env._("%(name)s sends from %(filter)s", name=name, filter=allowed)
                for name, allowed in zip(
                    accounts.mapped("name") or [self.env._("the server's configuration")],
                    filters,
                    strict=True,
                )
            ),
            action=self.name or self.env._("new action"),
        )

    # -- in a run ------------------------------------------------------------------------------

    def _email_check_configuration(self, records):
        """Refuse what would fail on every record.

        :raises ConfigurationError: says what to change
        """
        if problem := self._email_report_problem():
            raise ConfigurationError(problem)
        if self.email_template_id and not all(records):
            raise ConfigurationError(
                self.env._(
                    "The action “%(action)s” uses a mail template, which needs a record to write "
                    "about. Start it on records, or write the text in the action.",
                    action=self.name,
                )
            )

    def _email_explain(self, draft):
        """Let an error that an expression raised by itself say where it comes from."""
        if draft.error is None or isinstance(draft.error, EngineError | UserError):
            return
        error = ConfigurationError(
            self.env._(
                "The e-mail of “%(action)s” cannot be written for %(record)s: %(cause)s",
                action=self.name,
                record=self._draft_record_name(draft),
                cause=f"{type(draft.error).__name__}: {draft.error}",
            )
        )
        error.__cause__ = draft.error
        draft.error = error

    def _email_note_left_out(self, drafts):
        """Say in the run who gets nothing, and why."""
        lines = []
        for draft in drafts:
            if draft.error is not None:
                continue
            name = self._draft_record_name(draft)
            if draft.skipped:
                lines.append(
                    self.env._("No e-mail for %(record)s: %(why)s", record=name, why=draft.skipped)
                )
                continue
            for refusal in draft.envelope.refusals:
                lines.append(
                    self.env._("Left out for %(record)s: %(why)s", record=name, why=refusal.why)
                )
        self._email_say(lines)

    def _email_say(self, lines):
        messages = state_of(self.env.cr).current.messages
        messages.extend(lines[:_MAX_LINES])
        if len(lines) > _MAX_LINES:
            messages.append(
                self.env._("… and %(count)s more were left out.", count=len(lines) - _MAX_LINES)
            )

    def _email_say_count(self, values):
        self._email_say([self.env._("E-mails written to the queue: %(count)s.", count=len(values))])
