"""Type ``email``: send an e-mail for each record, through any account, to whom the record names."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.value_notes import note_created

from ..core.addressees import written
from .email_draft import Draft

#: Tells the machines of absent people that there is nobody to answer (RFC 3834, section 5).
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("email", "Write an E-mail"), ("multi",)],
        ondelete={"email": lambda actions: actions._on_type_removed("email")},
    )
    email_sender = fields.Char(
        string="From",
        help="The address the e-mail comes from. It may hold fields: [[ object.user_id.email ]].\n"
        "Empty: the address of the user who starts the action.",
    )
    email_to = fields.Char(
        string="To",
        help="Who gets the e-mail, separated by commas: addresses (info@example.com), fields of "
        "the record or of records it leads to (partner_id.email, child_ids), the word followers, "
        "and Python expressions (object.partner_id.email or 'info@example.com').",
    )
    email_partner_ids = fields.Many2many(
        "res.partner",
        "ir_act_server_email_partner_rel",
        "action_id",
        "partner_id",
        string="Also to",
        help="Contacts who get every e-mail of this action.",
    )
    email_cc = fields.Char(string="Cc", help="Who gets a copy that everybody sees. As “To”.")
    email_bcc = fields.Char(
        string="Bcc", help="Who gets a copy that the others do not see. As “To”."
    )
    email_reply_to = fields.Char(
        string="Reply To",
        help="Where answers go. Written as “To”.\nEmpty: to the record, if it can receive "
        "e-mail, else to the sender.",
    )
    email_each = fields.Boolean(
        string="Separate E-mails",
        help="Each recipient in “To” gets an e-mail of their own and does not see the others.",
    )
    email_in_chatter = fields.Boolean(
        string="Show in Chatter",
        default=True,
        help="The e-mail is shown among the messages of the record.",
    )
    email_server_id = fields.Many2one(
        "ir.mail_server",
        string="Account",
        ondelete="set null",
        help="The outgoing mail server that sends the e-mails.\n"
        "Empty: the one that fits the sender's address.",
    )
    email_on_missing = fields.Selection(
        [
            ("skip", "Leave it out and say so in the run"),
            ("fail", "Fail on the record"),
        ],
        string="Bad Address",
        default="skip",
        required=True,
        help="What happens if an address is missing or cannot be one.\n"
        "Leave it out: the other recipients get the e-mail; a record without any gets none.\n"
        "Fail: nothing is sent for the record; “If It Fails” says what follows.",
    )
    email_on_error = fields.Selection(
        [
            ("isolate", "Send the others"),
            ("policy", "As “If It Fails” says"),
        ],
        string="Failing Record",
        default="isolate",
        required=True,
        help="What happens if the e-mail of one record cannot be written: an expression in its "
        "text fails, or the attachments are too large.\n"
        "Send the others: the run names the record and the reason; whoever started the action "
        "goes on.",
    )

    @api.model
    def _get_type_cards(self):
        text = self.env._("Sends an e-mail for the record, to any address it leads to.")
        return {**super()._get_type_cards(), "email": {"icon": "fa-at", "help": text}}

    def _name_depends(self):
        return [*super()._name_depends(), "email_subject", "email_template_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "email":
            subject = self.email_template_id.name or self.email_subject
            if subject:
                return self.env._("E-mail: %(subject)s", subject=subject)
        return super()._generate_action_name()

    @api.model
    def _warning_depends(self):
        return [*super()._warning_depends(), *self._email_warning_depends()]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "email":
            warnings += self._email_warnings()
        return warnings

    # -- running -----------------------------------------------------------------------------

    def _run_action_email_multi(self, eval_context=None):
        """Put the e-mails of all records into the queue of outgoing mails, with one call."""
        drafts = self._email_compose(
            self._mapping_records(eval_context), eval_context, contents=True
        )
        # Raises before anything is stored, if a failure is to stop the action.
        self._note_failed_drafts(drafts, eval_context, self.email_on_error == "isolate")
        self._email_note_left_out(drafts)
        mails = self._email_queue([draft for draft in drafts if draft.is_open], eval_context)
        note_created(state_of(self.env.cr).current, mails)
        return False

    def _email_compose(self, records, eval_context, contents=False):
        """Return one :class:`~.email_draft.Draft` per record; no e-mail is stored.

        :param contents: make the attachments; False for a preview, which only names them
        :raises ConfigurationError: the action cannot work on any record
        """
        self._email_check_configuration(records)
        drafts = [Draft(record) for record in records]
        scope_of = self._scope_maker(eval_context, *self._email_sources())
        env = self._acting_env(eval_context)
        self._email_address(drafts, scope_of, env)
        self._email_write(drafts, scope_of, env)
        self._email_sign(drafts, scope_of, env)
        self._email_attach(drafts, env, contents)
        for draft in drafts:
            self._email_explain(draft)
        return drafts

    def _email_queue(self, drafts, eval_context):
        """Create the outgoing mails and wake their queue.

        :returns: ``mail.mail`` records
        """
        pairs = [(draft, vals) for draft in drafts for vals in self._email_values(draft)]
        values = [vals for _draft, vals in pairs]
        self._email_say_count(values)
        # Whoever starts an action need not have the right to write mails by hand.
        mails = self._acting_env(eval_context)["mail.mail"].sudo().create(values)
        self._email_add_files(mails, [draft for draft, _vals in pairs])
        if mails:
            # Otherwise they would wait for up to an hour. The cron starts after the commit.
            queue = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
            if queue:
                queue.sudo()._trigger()
        return mails

    def _email_add_files(self, mails, drafts):
        """Link the attachments; mails with the same ones are written together.

        Not when they are created: Odoo would ask whether the user may read files that the author
        of the action chose, which is decided already.

        :param drafts: the draft of each mail, in their order
        """
        groups = {}
        for mail, draft in zip(mails, drafts, strict=True):
            if ids := tuple(one.attachment_id for one in draft.attached):
                groups.setdefault(ids, []).append(mail.id)
        for ids, mail_ids in groups.items():
            links = [fields.Command.link(attachment_id) for attachment_id in ids]
            # On the messages, where the links are; through the mails they are written one by one.
            mails.browse(mail_ids).mail_message_id.write({"attachment_ids": links})

    def _email_values(self, draft):
        """Yield the values of the ``mail.mail`` records of a draft."""
        record = draft.record
        shown = self._email_is_shown(record)
        for part in draft.parts:
            subject, body = part.text
            yield {
                "subject": subject,
                "body_html": body,
                # The message in the chatter has a body of its own.
                "body": body if shown else "",
                "email_from": draft.sender,
                "reply_to": draft.reply_to,
                "email_to": written(part.to),
                "email_cc": written(part.cc) or False,
                "email_bcc": written(part.bcc) or False,
                "headers": repr(_HEADERS),
                "mail_server_id": self._email_account().id,
                "model": record._name if record else False,
                "res_id": record.id or 0,
                # Kept with the record, but not among its messages.
                "message_type": "email_outgoing" if shown else "user_notification",
            }

    def _email_is_shown(self, record):
        return bool(record) and self.email_in_chatter and self.model_id.is_mail_thread
