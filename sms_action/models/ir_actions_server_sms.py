"""Type ``sms``: send a text message for each record, over any gateway, to whom the record names.

The type is stock's. An action that holds a template and nothing else runs as stock runs it;
whatever more is set here makes it run by the rules of this addon.
"""

from odoo import api, fields, models

from .sms_draft import Draft

#: Settings that make an action one of this addon.
_EXTENDING = ("sms_to", "sms_partner_ids", "sms_text", "sms_gateway_id", "sms_sender")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    sms_to = fields.Char(
        string="Send to",
        help="Who gets the SMS, separated by commas: numbers (+32 470 12 34 56), fields of the "
        "record or of records it leads to (partner_id.phone, child_ids), the word followers, and "
        "Python expressions (object.phone or '+32470123456').\n"
        "Empty: the number of the record, or else of its contact.",
    )
    sms_partner_ids = fields.Many2many(
        "res.partner",
        "ir_act_server_sms_partner_rel",
        "action_id",
        "partner_id",
        string="Always to",
        help="Contacts who get an SMS for every record.",
    )
    sms_sender = fields.Char(
        string="Sender",
        help="Who the SMS comes from: a number, a short code, or a name of at most 11 letters and "
        "digits. It may hold fields: [[ object.company_id.name ]]. Many networks show only "
        "senders that are registered with them.\n"
        "Empty: the sender of the gateway.",
    )
    sms_gateway_id = fields.Many2one(
        "sms.gateway",
        string="Gateway",
        ondelete="set null",
        help="The gateway that is tried first.\n"
        "Empty: the one that fits the number and the company of the record.",
    )
    sms_max_parts = fields.Integer(
        string="At Most (Parts)",
        default=10,
        help="A longer text is not sent: each part is paid for. 0: as long as phones can show, "
        "which is 255 parts.",
    )
    sms_on_missing = fields.Selection(
        [
            ("skip", "Leave it out and say so in the run"),
            ("fail", "Fail on the record"),
        ],
        string="Cannot Be Sent",
        default="skip",
        required=True,
        help="What happens if a number is missing, wrong, a landline or a premium number, or if "
        "the text is empty or too long.\n"
        "Leave it out: the other numbers get the SMS; a record without any gets none.\n"
        "Fail: nothing is sent for the record; “If It Fails” says what follows.",
    )
    sms_on_error = fields.Selection(
        [
            ("isolate", "Send the others"),
            ("policy", "As “If It Fails” says"),
        ],
        string="If One Fails",
        default="isolate",
        required=True,
        help="What happens if the SMS of one record cannot be written because an expression "
        "fails.\n"
        "Send the others: the run names the record and the reason; whoever started the action "
        "goes on.",
    )
    sms_is_extended = fields.Boolean(compute="_compute_sms_is_extended")
    sms_has_chatter = fields.Boolean(related="model_id.is_mail_thread")

    @api.depends(*_EXTENDING)
    def _compute_sms_is_extended(self):
        for action in self:
            action.sms_is_extended = any(action[name] for name in _EXTENDING)

    @api.depends("state")
    def _compute_available_model_ids(self):
        """Offer every model, also those without messages."""
        result = super()._compute_available_model_ids()
        texting = self.filtered(lambda action: action.state == "sms")
        if texting:
            names = list(self.env["ir.model.access"]._get_allowed_models())
            domain = [("model", "in", names), ("transient", "=", False)]
            offered = self.env["ir.model"].search(domain)
            for action in texting:
                rule = action.base_automation_id.model_id
                owned = action.usage == "base_automation"
                action.available_model_ids = offered & rule if owned else offered
        return result

    @api.model
    def _get_type_cards(self):
        text = self.env._("Sends a text message for the record, to any number it leads to.")
        return {**super()._get_type_cards(), "sms": {"icon": "fa-mobile", "help": text}}

    def _name_depends(self):
        return [*super()._name_depends(), "sms_text"]

    def _generate_action_name(self):
        self.ensure_one()
        text = " ".join((self.sms_text or "").split())
        if self.state == "sms" and text and not self.sms_template_id:
            shown = text if len(text) <= 40 else f"{text[:39]}…"
            return self.env._("SMS: %(text)s", text=shown)
        return super()._generate_action_name()

    def _sentence_action_sms(self, speaker):
        text = " ".join((self.sms_text or "").split())
        if text and not self.sms_template_id:
            return self.env._("send the text message “%(name)s”", name=text)
        return super()._sentence_action_sms(speaker)

    # -- running -------------------------------------------------------------------------------

    def _runs_as_system_only(self):
        if self.state == "sms" and self.sms_is_extended:
            return False
        return super()._runs_as_system_only()

    def _run_action_sms_multi(self, eval_context=None):
        """Put the messages of all records into Odoo's queue of text messages, with one call."""
        if not self.sms_is_extended:
            return super()._run_action_sms_multi(eval_context=eval_context)
        drafts = self._sms_compose(self._mapping_records(eval_context), eval_context)
        # Raises before anything is stored, if a failure is to stop the action.
        self._note_failed_drafts(drafts, eval_context, self.sms_on_error == "isolate")
        self._sms_note_left_out(drafts)
        self._sms_queue([draft for draft in drafts if draft.is_open], eval_context)
        return False

    def _sms_compose(self, records, eval_context):
        """Return one :class:`~.sms_draft.Draft` per record; nothing is stored.

        :raises ConfigurationError: the action cannot work on any record
        """
        self._sms_check_configuration(records)
        env = self._acting_env(eval_context)
        drafts = [Draft(record, company=_company_of(record)) for record in records]
        scope_of = self._scope_maker(eval_context, *self._sms_sources())
        self._sms_address(drafts, scope_of, env)
        self._sms_write(drafts, scope_of, env)
        self._sms_sign(drafts, scope_of)
        self._sms_measure(drafts)
        for draft in drafts:
            self._sms_explain(draft)
        return drafts


def _company_of(record):
    """Return the company of a record, or else the one that whoever starts the action works in."""
    field = record._fields.get("company_id")
    if field is not None and field.comodel_name == "res.company":
        # Whose account pays is no secret of the company.
        return record.sudo().company_id[:1] or record.env.company.sudo()
    return record.env.company.sudo()
