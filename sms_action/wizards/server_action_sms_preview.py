"""The text messages of an action as they would be sent for one record, and a test."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.models.sample_check import undone

from ..core.errors import NumberError
from ..core.numbers import parse_number


class ServerActionSmsPreview(models.TransientModel):
    _name = "server.action.sms.preview"
    _description = "Preview of an SMS"

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
        help="The record the SMS is written for. Nothing is sent.",
    )
    # Built from escaped values by the template below.
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    can_send = fields.Boolean(compute="_compute_preview")
    test_number = fields.Char(
        string="Send a Test to",
        default=lambda self: self.env.user.phone,
        help="A number of yours. It gets what the first recipient would get, and is paid for.",
    )

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
                draft, problem = _compose(action.with_env(env), record.with_env(env))
                shown = _render(action.with_env(env), draft, problem)
                can_send = bool(draft and draft.is_open and draft.letters)
            wizard.preview, wizard.can_send = shown, can_send

    def _record(self):
        model = self.env.get(self.model_name or "", self.env["ir.actions.server"])
        return model.browse(self.res_id or ())

    def action_send_test(self):
        """Send what the first recipient would get to one number of the user's choice."""
        self.ensure_one()
        draft, problem = _compose(self.action_id, self._record())
        if not draft or not draft.is_open or not draft.letters:
            raise UserError(problem or self.env._("There is nothing to send for this record."))
        number = self._checked_test_number()
        letter = draft.letters[0]
        values = self.action_id._sms_values(draft, letter)
        # A test is no message of the record or of its contact.
        values.update(number=number, res_model=False, res_id=0)
        # Its row is in this transaction; the queue, which creating it wakes, starts after it.
        self.env["sms.sms"].sudo().create(values)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The test for %(number)s is in the queue.", number=number),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _checked_test_number(self):
        country = self.env.company.country_id.code
        try:
            return parse_number(self.test_number, country).value
        except NumberError as error:
            if error.reason == "missing":
                raise UserError(self.env._("Write the number the test is sent to.")) from error
            problem = self.action_id._sms_number_text(self.test_number, error.reason)
            raise UserError(problem) from error


def _compose(action, record):
    """Return ``(draft, what goes wrong)``; the draft is None if nothing can be written."""
    if not record.exists():
        return None, action.env._("Choose a record.")
    return action._sms_try(record)


def _render(action, draft, problem):
    """Return the HTML of the preview."""
    letters = draft.letters if draft and draft.is_open else []
    return action.env["ir.qweb"]._render(
        "sms_action.sms_preview",
        {
            "problem": problem,
            "sender": draft.sender if draft else "",
            "letters": [_shown(action, letter) for letter in letters],
            "total": draft.parts if letters else 0,
            "refusals": list(map(action._sms_refusal_text, draft.refusals)) if draft else [],
            "noted_only": action.sms_method == "note",
        },
    )


def _shown(action, letter):
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
