"""The text messages of an action as they would be sent for one record, and a test."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..core.errors import NumberError
from ..core.numbers import parse_number


class ServerActionSmsPreview(models.TransientModel):
    _name = "server.action.sms.preview"
    _inherit = ["server.action.message.preview"]
    _description = "Preview of an SMS"
    _preview_template = "sms_action.sms_preview"

    res_id = fields.Many2oneReference(
        help="The record the SMS is written for. Nothing is sent.",
    )
    test_number = fields.Char(
        string="Send a Test to",
        default=lambda self: self.env.user.phone,
        help="A number of yours. It gets what the first recipient would get, and is paid for.",
    )

    def action_send_test(self):
        """Send what the first recipient would get to one number of the user's choice."""
        self.ensure_one()
        draft = self._draft_to_send()
        number = self._checked_test_number()
        letter = draft.letters[0]
        values = self.action_id._sms_values(draft, letter)
        # A test is no message of the record or of its contact.
        values.update(number=number, res_model=False, res_id=0)
        # Its row is in this transaction; the queue, which creating it wakes, starts after it.
        self.env["sms.sms"].sudo().create(values)
        return self._sent_notification(
            self.env._("The test for %(number)s is in the queue.", number=number)
        )

    def _checked_test_number(self):
        country = self.env.company.country_id.code
        try:
            return parse_number(self.test_number, country).value
        except NumberError as error:
            if error.reason == "missing":
                raise UserError(self.env._("Write the number the test is sent to.")) from error
            problem = self.action_id._sms_number_text(self.test_number, error.reason)
            raise UserError(problem) from error

    def _shown(self, action, draft):
        letters = draft.letters if draft and draft.is_open else []
        return {
            "sender": draft.sender if draft else "",
            "letters": [_letter(action, one) for one in letters],
            "total": draft.parts if letters else 0,
            "refusals": list(map(action._sms_refusal_text, draft.refusals)) if draft else [],
            "noted_only": action.sms_method == "note",
        }


def _letter(action, letter):
    """Return what the preview says of one message."""
    first, others = letter.gateways[:1], letter.gateways[1:]
    language = action.env["res.lang"]._get_data(code=letter.to.locale.lang).name
    return {
        "number": letter.to.number,
        "name": letter.to.name,
        "language": language or letter.to.locale.lang,
        "cost": action._sms_cost(letter.segments),
        "left": letter.segments.left,
        "parts": letter.segments.parts,
        "gateway": action._sms_gateway_name(letter),
        "sender": first.sender or "",
        "others": ", ".join(others.mapped("name")),
    }
