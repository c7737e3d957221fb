"""Transitions: the arrows of a definition."""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WorkflowTransition(models.Model):
    _name = "workflow.transition"
    _inherit = ["workflow.element"]
    _description = "Workflow Transition"
    _order = "version_id, act_from, sequence, id"

    act_from = fields.Many2one(
        "workflow.activity", string="Source", required=True, ondelete="cascade", index=True
    )
    act_to = fields.Many2one(
        "workflow.activity", string="Destination", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(
        default=10, help="Priority among the transitions of an activity, lowest first."
    )
    signal = fields.Char(
        index="btree_not_null",
        help="The transition is taken only by this signal: a button, code, or subflow.<name>. "
        "Empty: it is taken as soon as its condition holds.",
    )
    label = fields.Char(
        translate=True, help="What a button for the signal is called. Empty: as the signal."
    )
    condition = fields.Char(
        required=True,
        default="True",
        help="A Python expression whose names are fields and methods of the record.",
    )
    condition_domain = fields.Char(
        string="Filter", help="The record has to match this filter, too."
    )
    group_id = fields.Many2one(
        "res.groups", string="Group", ondelete="restrict", help="Only its members may cross it."
    )
    role_id = fields.Many2one(
        "workflow.role",
        string="Role",
        ondelete="restrict",
        help="Only holders of the role, or of one above it, may take it.",
    )
    trigger_model = fields.Char(
        help="Technical name of a model whose records wake the workflow when their code says so."
    )
    trigger_expr_id = fields.Char(
        string="Triggering Records", help="A Python expression that gives their ids."
    )
    timer_kind = fields.Selection(
        [("delay", "After a delay"), ("date", "At a moment")],
        string="Timer",
        help="The transition is taken when this time is over, and only then. Empty: no timer.",
    )
    timer_number = fields.Float(
        string="Delay", help="How long after the activity was entered the transition is taken."
    )
    timer_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks")],
        string="Delay Unit",
        default="hours",
        required=True,
    )
    timer_expression = fields.Char(
        string="Moment",
        help="A Python expression that gives a date or a date and time in UTC, such as "
        "date_deadline. Without a value the timer is not set.",
    )
    timer_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        ondelete="restrict",
        help="Only these hours count for the delay; a day is a working day, and a week is as many "
        "of them as the week has. Empty: all hours do.",
    )
    timer_interrupting = fields.Boolean(
        string="Ends the Activity",
        default=True,
        help="Otherwise the activity goes on, and the timer starts a second branch.",
    )

    @api.depends("act_from.name", "act_to.name", "signal")
    def _compute_display_name(self):
        for transition in self:
            name = f"{transition.act_from.name or ''} → {transition.act_to.name or ''}"
            if transition.signal:
                name = f"{name} ({transition.signal})"
            transition.display_name = name

    @api.model
    def _workflow_of(self, vals):
        """A transition belongs where its source belongs."""
        source = self.env["workflow.activity"].browse(vals.get("act_from")).exists()
        return source.wkf_id or super()._workflow_of(vals)

    @api.model
    def _key_of(self, vals):
        ends = self.env["workflow.activity"].browse([vals.get("act_from"), vals.get("act_to")])
        return " → ".join(end.key or "?" for end in ends)

    @api.model
    def _next_sequences(self, vals_list):
        """Number those that name no place: rows were taken in the order they were written in."""
        missing = [vals for vals in vals_list if "sequence" not in vals and vals.get("version_id")]
        if not missing:
            return
        versions = {vals["version_id"] for vals in missing}
        counts = Counter(
            dict(
                self.sudo()._read_group(
                    [("version_id", "in", list(versions))], ["version_id"], ["sequence:max"]
                )
            )
        )
        last = {version.id: highest or 0 for version, highest in counts.items()}
        for vals in missing:
            version = vals["version_id"]
            vals["sequence"] = last[version] = last.get(version, 0) + 10

    def _in_version(self, vals, version):
        vals = super()._in_version(vals, version)
        for name in ("act_from", "act_to"):
            if vals.get(name):
                vals[name] = self.env["workflow.activity"].browse(vals[name])._twin(version).id
        return vals

    def _check_versions(self):
        for transition in self:
            ends = transition.act_from.version_id | transition.act_to.version_id
            if ends != transition.version_id:
                raise ValidationError(
                    self.env._(
                        "The transition %(transition)s leads into another version or workflow. "
                        "Both ends have to be activities of %(version)s.",
                        transition=transition.display_name,
                        version=transition.version_id.display_name,
                    )
                )
