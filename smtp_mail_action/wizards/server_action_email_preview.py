"""The e-mail of an action as it would be written for one record, and a test to oneself."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import html_sanitize

from odoo.addons.server_action_engine.models.drafts import concerns_all
from odoo.addons.server_action_engine.models.sample_check import undone

from ..core.addressees import written


class ServerActionEmailPreview(models.TransientModel):
    _name = "server.action.email.preview"
    _description = "Preview of an E-mail"

    action_id = fields.Many2one(
        "ir.actions.server",
        string="Action",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_action_id(),
    )
    model_name = fields.Char(related="action_id.model_id.model", string="Technical Model")
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="model_name",
        compute="_compute_res_id",
        store=True,
        readonly=False,
        help="The record the e-mail is written for. Nothing is sent.",
    )
    # Built from escaped values and sanitized bodies by the template below.
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    can_send = fields.Boolean(compute="_compute_preview")

    @api.model
    def _default_action_id(self):
        is_action = self.env.context.get("active_model") == "ir.actions.server"
        return self.env.context.get("active_id") if is_action else False

    @api.depends("action_id")
    def _compute_res_id(self):
        for wizard in self:
            model = self.env.get(wizard.model_name or "")
            usable = model is not None and not model._abstract and model._auto
            newest = model.search([], limit=1, order="id desc") if usable else model
            wizard.res_id = newest.id if usable else False

    @api.depends("action_id", "res_id")
    def _compute_preview(self):
        for wizard in self:
            # What templates change while they are written is undone. The values of a form that
            # is being edited are in the caches of this environment only.
            action, record = wizard.action_id, wizard._record()
            with undone(wizard.env) as env:
                draft, error = _compose(action.with_env(env), record.with_env(env), contents=False)
                shown = _render(action.with_env(env), draft, error)
                can_send = bool(draft and draft.parts and draft.is_open)
            wizard.preview, wizard.can_send = shown, can_send

    def _record(self):
        model = self.env.get(self.model_name or "", self.env["ir.actions.server"])
        return model.browse(self.res_id or ())

    def action_send_test(self):
        """Send what the first recipient would get to the user alone."""
        self.ensure_one()
        draft, error = _compose(self.action_id, self._record(), contents=True)
        if not draft or not draft.is_open or not draft.parts:
            raise UserError(error or self.env._("There is nothing to send for this record."))
        address = self.env.user.partner_id.email_formatted
        if not address:
            raise UserError(
                self.env._("You have no e-mail address yourself. Add one in your preferences.")
            )
        mail = self.env["mail.mail"].sudo().create(self._test_values(draft, address))
        self.action_id._email_add_files(mail, [draft])
        # Its row is in this transaction; the e-mail leaves after the commit.
        mail.send_after_commit()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The test was sent to %(address)s.", address=address),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _test_values(self, draft, address):
        values = next(iter(self.action_id._email_values(draft)))
        meant = ", ".join(filter(None, (values["email_to"], values["email_cc"] or "")))
        note = self.env["ir.qweb"]._render("smtp_mail_action.email_test_note", {"meant": meant})
        return {
            **values,
            "subject": self.env._("[Test] %(subject)s", subject=values["subject"]),
            "body_html": note + values["body_html"],
            "body": "",
            "email_to": address,
            "email_cc": False,
            "email_bcc": False,
            # A test is no message of the record.
            "message_type": "user_notification",
            "model": False,
            "res_id": 0,
        }


def _compose(action, record, contents):
    """Return ``(draft, error message)``; the draft is None if nothing can be written at all."""
    if not record.exists():
        return None, action.env._("Choose a record.")
    try:
        draft = action._email_draft_for(record, contents)
    except Exception as exc:
        if concerns_all(exc):
            raise
        # The point is to show what goes wrong.
        return None, str(exc)
    return draft, str(draft.error or "") or draft.skipped


def _render(action, draft, error):
    """Return the HTML of the preview."""
    mails = []
    for part in draft.parts if draft else ():
        language = action.env["res.lang"]._get_data(code=part.locale.lang).name
        mails.append(
            {
                "to": written(part.to),
                "cc": written(part.cc),
                "bcc": written(part.bcc),
                "subject": part.text[0],
                "body": html_sanitize(part.text[1]),
                "language": language or part.locale.lang,
                "tz": part.locale.tz,
            }
        )
    return action.env["ir.qweb"]._render(
        "smtp_mail_action.email_preview",
        {
            "error": error,
            "draft": draft,
            "mails": mails,
            "attached": [_titled(one) for one in draft.attached] if draft else [],
            "refusals": draft.envelope.refusals if draft else [],
            "account": action._email_account().name,
        },
    )


def _titled(one):
    """Return an attachment with its size, for people."""
    return f"{one.name or one.field_name} ({-(-one.size // 1024)} kB)" if one.size else one.name
