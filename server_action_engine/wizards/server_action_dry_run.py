"""Try an action out on real records without doing anything."""

import ast
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Records per dry run, so that a wrong filter does not hold the database for minutes.
_MAX_RECORDS = 1000


class ServerActionDryRun(models.TransientModel):
    _name = "server.action.dry.run"
    _description = "Dry Run"

    action_id = fields.Many2one(
        "ir.actions.server",
        string="Action",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_action_id(),
    )
    model_name = fields.Char(related="action_id.model_id.model", string="Technical Model")
    usage = fields.Selection(related="action_id.usage")
    choose_by = fields.Selection(
        [("domain", "By Filter"), ("ids", "By ID")],
        string="Records",
        required=True,
        default="domain",
    )
    record_domain = fields.Char(string="Filter", default="[]")
    record_ids_text = fields.Char(
        string="Record IDs", help="One or more record IDs, separated by commas or blanks."
    )
    record_limit = fields.Integer(
        string="At Most", default=10, help="At most this many of the records found are used."
    )
    record_count = fields.Integer(string="Records Found", compute="_compute_record_count")
    report = fields.Json(readonly=True)

    @api.model
    def _default_action_id(self):
        context = self.env.context
        if context.get("active_model") == "ir.actions.server":
            return context.get("active_id")
        if context.get("active_model") == "ir.cron":
            return self.env["ir.cron"].browse(context.get("active_id")).ir_actions_server_id.id
        return False

    @api.onchange("action_id")
    def _onchange_action_id(self):
        """Fields of one model mean nothing on another."""
        self.record_domain = "[]"
        self.report = False

    @api.depends("action_id", "choose_by", "record_domain", "record_ids_text")
    def _compute_record_count(self):
        for wizard in self:
            wizard.record_count = 0
            if wizard.model_name:
                # The filter is being written; what is wrong with it is said when it is used.
                with suppress(UserError, ValueError, KeyError):
                    wizard.record_count = wizard._chosen_model().search_count(
                        wizard._chosen_domain()
                    )

    def _chosen_model(self):
        model = self.env[self.model_name]
        # Who names a record by its ID means it, archived or not.
        return model.with_context(active_test=False) if self.choose_by == "ids" else model

    def _chosen_domain(self):
        """Return the domain that finds the chosen records.

        :raises UserError: the IDs are no numbers, or the filter is not one
        """
        if self.choose_by == "ids":
            return Domain("id", "in", self._chosen_ids())
        try:
            return Domain(ast.literal_eval((self.record_domain or "[]").strip()))
        except (SyntaxError, TypeError, ValueError) as exc:
            raise UserError(
                self.env._("The filter cannot be understood: %(problem)s", problem=exc)
            ) from exc

    def _chosen_ids(self):
        parts = (self.record_ids_text or "").replace(",", " ").split()
        if not all(part.isdigit() for part in parts):
            raise UserError(self.env._("Record IDs are whole numbers, such as: 7, 12, 30."))
        return [int(part) for part in parts]

    def _chosen_records(self):
        if self.usage == "ir_cron":
            # A scheduled action is not started on records.
            return self._chosen_model()
        limit = max(1, min(self.record_limit or _MAX_RECORDS, _MAX_RECORDS))
        records = self._chosen_model().search(self._chosen_domain(), limit=limit)
        return records.with_context(self.env.context)  # pylint: disable=context-overridden

    def action_dry_run(self):
        """Run the action without effects and show what it would do."""
        self.ensure_one()
        records = self._chosen_records()
        if not records and self.usage != "ir_cron":
            raise UserError(
                self.env._("No record matches. Choose other records to try the action on.")
            )
        self.report = self.action_id._dry_run(records)
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry Run"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }
