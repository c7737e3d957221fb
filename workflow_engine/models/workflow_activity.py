"""Activities: the nodes of a definition."""

from odoo import fields, models

from ..core import constants as words


class WorkflowActivity(models.Model):
    _name = "workflow.activity"
    _inherit = ["workflow.element"]
    _description = "Workflow Activity"
    _order = "version_id, sequence, id"

    name = fields.Char(
        required=True,
        help="What the record is at. The name of a stop activity is the result that a workflow "
        "above this one hears, as subflow.<name>.",
    )
    sequence = fields.Integer(default=10, help="Place in lists; it has no other meaning.")
    kind = fields.Selection(
        [
            (words.DUMMY, "Dummy"),
            (words.FUNCTION, "Function"),
            (words.SUBFLOW, "Subflow"),
            (words.STOPALL, "Stop All"),
        ],
        required=True,
        default=words.DUMMY,
        help="Dummy: waits, and runs its server action. Function: runs code, then its server "
        "action. Subflow: starts another workflow and waits for its end. Stop All: ends "
        "everything else in the instance.",
    )
    split_mode = fields.Selection(
        [(words.XOR, "Xor"), (words.OR, "Or"), (words.AND, "And")],
        required=True,
        default=words.XOR,
        help="Xor: the first transition that can be taken. Or: all that can be taken at that "
        "moment. And: all of them by one event, or none.",
    )
    join_mode = fields.Selection(
        [(words.XOR, "Xor"), (words.AND, "And")],
        required=True,
        default=words.XOR,
        help="Xor: each arrival runs the activity. And: waits until every incoming transition "
        "was crossed, then runs once.",
    )
    flow_start = fields.Boolean(help="New instances start here.")
    flow_stop = fields.Boolean(
        help="The instance is complete when all that is left of it is on such activities."
    )
    action = fields.Text(
        string="Code",
        help="Python expressions, one a line, whose names are fields and methods of the record: "
        "write({'state': 'done'}). Of a subflow: gives the record whose workflow to wait for.",
    )
    action_id = fields.Many2one(
        "ir.actions.server",
        string="Server Action",
        ondelete="restrict",
        index="btree_not_null",
        help="Runs on the record when the activity is entered.",
    )
    subflow_id = fields.Many2one(
        "workflow", string="Subflow", ondelete="restrict", index="btree_not_null",
        help="The workflow that a subflow starts, or waits for.",
    )  # fmt: skip
    subflow_version_id = fields.Many2one(
        "workflow.version",
        string="Pinned Version",
        ondelete="restrict",
        domain="[('wkf_id', '=', subflow_id), ('state', '!=', 'draft')]",
        help="Empty: the version that is published when the subflow starts.",
    )
    signal_send = fields.Char(
        string="Send Signal",
        help="Sent, as it stands here, to the workflows that wait for this one.",
    )
    signal_broadcast = fields.Boolean(
        string="Send to All",
        help="The signal reaches all activities of the waiting workflows, not only those that "
        "wait for this one.",
    )
    cancel_children = fields.Boolean(
        string="Cancel Subflows", help="Stop All also cancels the subflows of what it ends."
    )
    on_error = fields.Selection(
        [(words.RAISE, "Undo everything"), (words.INCIDENT, "Keep it as an incident")],
        required=True,
        default=words.RAISE,
        help="Undo everything: the user sees the error, nothing has happened. Incident: only what "
        "failed is undone, and the record waits here until somebody retries.",
    )
    mark_policy = fields.Selection(
        [(words.COLLAPSE, "Become one"), (words.COUNT, "Are counted")],
        string="Repeated Arrivals",
        required=True,
        default=words.COLLAPSE,
        help="And join: what happens when a transition is taken again before the join has run.",
    )
    state_value = fields.Char(
        help="Value of the workflow's state field once the record is here. Empty: unchanged."
    )
    run_as = fields.Selection(
        [
            ("current", "Whoever causes it"),
            ("initiator", "Whoever started the instance"),
            ("user", "A chosen user"),
            ("system", "The system"),
        ],
        required=True,
        default="current",
        help="Whose rights and name apply to code and server action.",
    )
    run_as_user_id = fields.Many2one("res.users", string="Runs as", ondelete="restrict")
    out_transitions = fields.One2many("workflow.transition", "act_from", string="Outgoing")
    in_transitions = fields.One2many("workflow.transition", "act_to", string="Incoming")
