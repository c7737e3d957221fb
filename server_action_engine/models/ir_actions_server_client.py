"""Type ``client``: open a window or a page, print a report, run a client action."""

from urllib.parse import quote

from odoo import api, fields, models
from odoo.tools.safe_eval import datetime, dateutil, time

from ..core.errors import ConfigurationError

#: Actions the web client can be told to run.
CLIENT_ACTION_TYPES = (
    "ir.actions.act_window",
    "ir.actions.act_url",
    "ir.actions.report",
    "ir.actions.client",
    "ir.actions.act_window_close",
)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("client", "Open or Print"), ("multi",)],
        ondelete={"client": lambda actions: actions._on_type_removed("client")},
    )
    client_action_id = fields.Many2one(
        "ir.actions.actions",
        string="Action to Open",
        domain=[("type", "in", CLIENT_ACTION_TYPES)],
        copy=True,
        help="What the user gets to see: a window, a web page, a printed report or another "
        "client action. It receives the records the action runs on.",
    )
    client_action_type = fields.Char(string="Kind of Action", compute="_compute_client_action_type")

    @api.depends("client_action_id")
    def _compute_client_action_type(self):
        labels = {
            "ir.actions.act_window": self.env._("Opens a window"),
            "ir.actions.act_url": self.env._("Opens a web page"),
            "ir.actions.report": self.env._("Prints a report"),
            "ir.actions.client": self.env._("Runs a client action"),
            "ir.actions.act_window_close": self.env._("Closes the window"),
        }
        for action in self:
            target = action.client_action_id.sudo().exists()
            action.client_action_type = labels.get(target.type, False)

    # -- configuration --------------------------------------------------------------------------

    def _name_depends(self):
        return [*super()._name_depends(), "client_action_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "client" and (target := self.client_action_id.sudo().exists()):
            if target.type == "ir.actions.report":
                return self.env._("Print %(name)s", name=target.name)
            return self.env._("Open %(name)s", name=target.name)
        return super()._generate_action_name()

    def _warning_depends(self):
        return [*super()._warning_depends(), "client_action_id"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "client" and (problem := self._client_action_problem()):
            warnings.append(problem)
        return warnings

    def _client_action_problem(self):
        """Return why the chosen action cannot be opened, or None."""
        if not self.client_action_id:
            return self.env._("Choose the window, page, report or client action to open.")
        target = self._client_target()
        if not target:
            return self.env._("The action to open does not exist any more. Choose another one.")
        if target._name not in CLIENT_ACTION_TYPES:
            return self.env._(
                "“%(name)s” is a server action. Use Multi Actions to run it.", name=target.name
            )
        if target._name == "ir.actions.report" and target.model != self.model_id.model:
            return self.env._(
                "The report “%(report)s” prints %(report_model)s, but the action runs on "
                "%(model)s.",
                report=target.name,
                report_model=target.model,
                model=self.model_id.model,
            )
        return None

    def _client_target(self):
        """Return the action to open as a record of its own model, empty if it is gone.

        In superuser mode: like a menu, the action may be opened by users who cannot read it.
        """
        generic = self.client_action_id.sudo().exists()
        if not generic or generic.type not in self.env:
            return generic
        return self.env[generic.type].sudo().browse(generic.id).exists()

    # -- running --------------------------------------------------------------------------------

    def _run_action_client_multi(self, eval_context=None):
        """Return the chosen action for the web client, carrying the active records."""
        if problem := self._client_action_problem():
            raise ConfigurationError(f"{self.name}: {problem}")
        target = self._client_target()
        records = eval_context["records"]
        if target._name == "ir.actions.report":
            return self._client_report(target, records, eval_context)
        result = target._get_action_dict()
        if target._name == "ir.actions.act_url":
            result["url"] = self._client_url(result["url"], eval_context)
        elif "context" in result:
            result["context"] = self._client_context(result, records, eval_context)
        return result

    def _client_url(self, url, eval_context):
        """Return an address with values of the record in it, each made safe for an address.

        A value at the very beginning is taken as it is: it holds the address itself.
        """
        is_address = (url or "").lstrip().startswith(("[[", "{{"))

        def escape(text):
            nonlocal is_address
            if is_address:
                is_address = False
                return text
            return quote(text, safe="")

        return self._merge_template(url, eval_context, escape=escape)

    def _client_report(self, report, records, eval_context):
        # The layout assistant would take the place of the document the author asked for.
        result = report.report_action(records.ids, config=False)
        return {**result, "context": self._active_context(records, eval_context)}

    def _active_context(self, records, eval_context):
        context = dict(eval_context["env"].user.context_get())
        if records.ids:
            context.update(
                active_model=records._name, active_ids=records.ids, active_id=records.ids[0]
            )
        return context

    def _client_context(self, result, records, eval_context):
        """Return the action's own context plus the active records.

        The web client would evaluate the text itself, but it cannot add to it.
        """
        active = self._active_context(records, eval_context)
        source = result["context"]
        if not isinstance(source, str):
            return {**source, **active}
        env = eval_context["env"]
        names = {
            **active,
            "active_id": active.get("active_id", False),
            "active_ids": active.get("active_ids", []),
            "active_model": active.get("active_model", False),
            "context": dict(env.context),
            "uid": env.uid,
            "user": env.user,
            "allowed_company_ids": env.companies.ids,
            "current_company_id": env.company.id,
            "context_today": lambda: fields.Date.context_today(self),
            "time": time,
            "datetime": datetime,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "current_date": fields.Date.to_string(fields.Date.context_today(self)),
            "true": True,
            "false": False,
            "null": None,
        }
        what = self.env._("context of “%(name)s”", name=result.get("name") or "")
        own = self._evaluate(source.strip() or "{}", names, what=what)
        return {**own, **{key: active[key] for key in active if key.startswith("active_")}}
