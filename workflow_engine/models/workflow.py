"""Definitions: what happens to the records of one model, and in which order."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.constants import ACTIVE, OPENERP, STRICT

DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"


class Workflow(models.Model):
    _name = "workflow"
    _description = "Workflow"
    _order = "name, id"

    name = fields.Char(required=True, help="Messages and the log call the workflow by this name.")
    osv = fields.Char(
        string="Model Name",
        required=True,
        index=True,
        help="Technical name of the model whose records go through the workflow.",
    )
    model_id = fields.Many2one(
        "ir.model",
        string="Model",
        compute="_compute_model_id",
        inverse="_inverse_model_id",
        domain="[('transient', '=', False), ('abstract', '=', False)]",
        help="The records that go through the workflow.",
    )
    on_create = fields.Boolean(
        string="Start on Creation",
        default=True,
        help="Each new record of the model starts the workflow. Otherwise a subflow or code does.",
    )
    active = fields.Boolean(
        default=True,
        help="Records do not start an archived workflow; those that are in it go on.",
    )
    raise_refused = fields.Boolean(
        string="Refused Signals Are Errors",
        help="A signal that no transition takes is an error. Otherwise it does nothing but "
        "leave a line in the log.",
    )
    state_field_id = fields.Many2one(
        "ir.model.fields",
        string="State Field",
        ondelete="set null",
        domain="[('model', '=', osv), ('store', '=', True), "
        "('ttype', 'in', ('char', 'selection'))]",
        help="The workflow owns this field of the record: an activity writes its state value into "
        "it, and nobody else may. Empty: the workflow owns no field.",
    )
    version_ids = fields.One2many("workflow.version", "wkf_id", string="Versions")
    current_version_id = fields.Many2one(
        "workflow.version",
        string="Published Version",
        compute="_compute_versions",
        help="The version that new records start with.",
    )
    draft_version_id = fields.Many2one(
        "workflow.version",
        string="Draft",
        compute="_compute_versions",
        help="The version that can be changed. No record uses it before it is published.",
    )
    state = fields.Selection(
        [(DRAFT, "Draft"), (PUBLISHED, "Published"), (RETIRED, "Retired")],
        compute="_compute_versions",
        search="_search_state",
        help="Draft: never published. Retired: records do not start it any more.",
    )
    profile = fields.Selection(
        [(STRICT, "Strict"), (OPENERP, "As OpenERP")],
        compute="_compute_versions",
        inverse="_inverse_profile",
        help="Strict: without the defects of the old engine. As OpenERP: as OpenERP 5 to Odoo 10 "
        "did it, for definitions that rely on it.",
    )
    activities = fields.One2many(
        "workflow.activity", "wkf_id", domain=[("version_id.state", "!=", RETIRED)]
    )
    instance_ids = fields.One2many("workflow.instance", "wkf_id", string="Instances")

    # -- computed -------------------------------------------------------------------------------

    @api.depends("osv")
    def _compute_model_id(self):
        for workflow in self:
            workflow.model_id = self.env["ir.model"]._get(workflow.osv) if workflow.osv else False

    @api.onchange("model_id")
    def _inverse_model_id(self):
        for workflow in self:
            workflow.osv = workflow.model_id.model

    @api.depends("version_ids.state", "version_ids.profile")
    def _compute_versions(self):
        for workflow in self:
            versions = workflow.version_ids
            draft = versions.filtered(lambda version: version.state == DRAFT)[:1]
            current = versions.filtered(lambda version: version.state == PUBLISHED)[:1]
            workflow.draft_version_id, workflow.current_version_id = draft, current
            workflow.profile = (draft or current or versions[:1]).profile
            if current:
                workflow.state = PUBLISHED
            else:
                workflow.state = RETIRED if versions - draft else DRAFT

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self.search([("id", "!=", False)])
        found = found.filtered(lambda workflow: workflow.state in value)
        return [("id", "in", found.ids)]

    def _inverse_profile(self):
        for workflow in self:
            workflow._draft_to_change().profile = workflow.profile

    # -- constraints ----------------------------------------------------------------------------

    @api.constrains("state_field_id", "osv")
    def _check_state_field(self):
        for workflow in self:
            field = workflow.state_field_id
            if field and field.model != workflow.osv:
                raise ValidationError(
                    self.env._(
                        "The state field of the workflow “%(workflow)s” belongs to %(other)s. "
                        "Choose a field of %(model)s.",
                        workflow=workflow.name,
                        other=field.model,
                        model=workflow.osv,
                    )
                )

    # -- create, write, unlink ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("model_id") and not vals.get("osv"):
                vals["osv"] = self.env["ir.model"].browse(vals["model_id"]).model
        # The profile belongs to the draft, which is made last.
        context = {k: v for k, v in self.env.context.items() if k != "default_profile"}
        plain = [{k: v for k, v in vals.items() if k != "profile"} for vals in vals_list]
        workflows = super(Workflow, self.with_env(self.env(context=context))).create(plain)
        workflows = workflows.with_env(self.env)
        for workflow, vals in zip(workflows, vals_list, strict=True):
            profile = vals.get("profile") or self.env.context.get("default_profile")
            # Activities created together with it have made a draft already.
            draft = workflow.draft_version_id or workflow._make_draft(publishes_itself=True)
            if profile:
                draft.write({"profile": profile, "publishes_itself": profile != STRICT})
        workflows._definitions_changed()
        return workflows

    def write(self, vals):
        if "osv" in vals:
            self._check_model_is_free(vals["osv"])
        result = super().write(vals)
        self._definitions_changed()
        return result

    def unlink(self):
        self._definitions_changed()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        for workflow in self:
            used = workflow.sudo().instance_ids.filtered(lambda one: one.state == ACTIVE)
            if used:
                raise UserError(
                    self.env._(
                        "%(count)s records are in the workflow “%(workflow)s”. Archive or retire "
                        "it; it can be deleted when they have left it.",
                        count=len(used),
                        workflow=workflow.name,
                    )
                )

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "Workflows cannot be duplicated: all of their records would start the copy as "
                "well. Make a new draft of the workflow instead."
            )
        )

    def action_open_draft(self):
        """Open the draft, made from the published version if there is none."""
        self.ensure_one()
        self.action_new_draft()
        return {
            "type": "ir.actions.act_window",
            "res_model": "workflow.version",
            "res_id": self.draft_version_id.id,
            "views": [(False, "form")],
        }

    def action_open_instances(self):
        """Show the records that are, or were, in this workflow."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "workflow_engine.workflow_instance_action"
        )
        return {**action, "domain": [("wkf_id", "=", self.id)]}

    def _check_model_is_free(self, name):
        """Refuse another model once there are instances: they are about records of the old one."""
        used = self.filtered(lambda workflow: workflow.osv != name and workflow.sudo().instance_ids)
        if used:
            raise UserError(
                self.env._(
                    "Records of %(model)s are in the workflow “%(workflow)s”, so its model cannot "
                    "be changed. Make a new workflow.",
                    model=used[0].osv,
                    workflow=used[0].name,
                )
            )

    def _definitions_changed(self):
        """Let every worker learn of what was changed, once it is committed."""
        self.env["workflow.subscriber"]._event_subscriptions_changed(
            [definition_key(workflow_id) for workflow_id in self._ids]
        )


def definition_key(workflow_id):
    """Return the name under which a workflow listens, for the ``automation_skip`` context key."""
    return f"workflow,{workflow_id}"
