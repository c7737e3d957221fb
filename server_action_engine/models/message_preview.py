"""The messages of an action as they would be sent for one record; each type has its wizard."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sample_check import undone


class MessagePreview(models.AbstractModel):
    _name = "server.action.message.preview"
    _description = "Preview of a Message"
    #: The template of the preview; it gets ``problem``, ``draft`` and what :meth:`_shown` returns.
    _preview_template = ""

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
    )
    # Templates build it from values they escape.
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
                action, record = action.with_env(env), record.with_env(env)
                draft, problem = action._try_draft(record)
                shown = self._render(action, draft, problem)
                can_send = bool(draft and draft.sends)
            wizard.preview, wizard.can_send = shown, can_send

    def _record(self):
        model = self.env.get(self.model_name or "", self.env["ir.actions.server"])
        return model.browse(self.res_id or ())

    def _draft_to_send(self, **options):
        """Return the draft a test is made of.

        :raises UserError: there is nothing to send
        """
        draft, problem = self.action_id._try_draft(self._record(), hurries=False, **options)
        if not draft or not draft.sends:
            raise UserError(problem or self.env._("There is nothing to send for this record."))
        return draft

    @api.model
    def _render(self, action, draft, problem):
        """Return the HTML of the preview, in the environment of the action."""
        values = {"problem": problem, "draft": draft, **self._shown(action, draft)}
        return action.env["ir.qweb"]._render(self._preview_template, values)

    @api.model
    def _shown(self, action, draft):
        """Return what else the template gets; types add theirs.

        :param draft: None if nothing can be written at all
        """
        return {}

    @api.model
    def _sent_notification(self, message):
        """Return the client action that says so and closes the dialog."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
