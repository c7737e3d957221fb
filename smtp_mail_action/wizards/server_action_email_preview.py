"""The e-mail of an action as it would be written for one record, and a test to oneself."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import html_sanitize

from ..core.addressees import written


class ServerActionEmailPreview(models.TransientModel):
    _name = "server.action.email.preview"
    _inherit = ["server.action.message.preview"]
    _description = "Preview of an E-mail"
    _preview_template = "smtp_mail_action.email_preview"

    res_id = fields.Many2oneReference(
        help="The record the e-mail is written for. Nothing is sent.",
    )

    def action_send_test(self):
        """Send what the first recipient would get to the user alone."""
        self.ensure_one()
        draft = self._draft_to_send(contents=True)
        address = self.env.user.partner_id.email_formatted
        if not address:
            raise UserError(
                self.env._("You have no e-mail address yourself. Add one in your preferences.")
            )
        mail = self.env["mail.mail"].sudo().create(self._test_values(draft, address))
        self.action_id._email_add_files(mail, [draft])
        # Its row is in this transaction; the e-mail leaves after the commit.
        mail.send_after_commit()
        return self._sent_notification(
            self.env._("The test was sent to %(address)s.", address=address)
        )

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

    def _shown(self, action, draft):
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
        return {
            "mails": mails,
            "attached": [_titled(one) for one in draft.attached] if draft else [],
            "refusals": draft.envelope.refusals if draft else [],
            "account": action._email_account().name,
        }


def _titled(one):
    """Return an attachment with its size, for people."""
    return f"{one.name or one.field_name} ({-(-one.size // 1024)} kB)" if one.size else one.name
