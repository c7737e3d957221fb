"""Versions of a definition: one draft, publications that never change."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.constants import OPENERP, STRICT
from ..core.graph import STEP_LIMIT
from .workflow import DRAFT, PUBLISHED, RETIRED


class WorkflowVersion(models.Model):
    _name = "workflow.version"
    _description = "Workflow Version"
    _order = "wkf_id, number desc"

    wkf_id = fields.Many2one(
        "workflow", string="Workflow", required=True, ondelete="cascade", index=True, readonly=True
    )
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    state = fields.Selection(
        [(DRAFT, "Draft"), (PUBLISHED, "Published"), (RETIRED, "Retired")],
        required=True,
        default=DRAFT,
        readonly=True,
        help="Records start with the published version and stay on it to their end, whatever is "
        "published later.",
    )
    profile = fields.Selection(
        [(STRICT, "Strict"), (OPENERP, "As OpenERP")],
        help="Strict: without the defects of the old engine. As OpenERP: as OpenERP 5 to Odoo 10 "
        "did it, for definitions that rely on it. Empty: strict if it is published by hand.",
    )
    publishes_itself = fields.Boolean(
        readonly=True,
        help="Published as it is when a record first needs it: it came from a file or from code.",
    )
    step_limit = fields.Integer(
        default=STEP_LIMIT,
        required=True,
        aggregator=None,
        help="Activities one event may go through before it counts as an endless cycle.",
    )
    published_at = fields.Datetime(readonly=True)
    published_by = fields.Many2one("res.users", readonly=True)
    checksum = fields.Char(readonly=True, help="Proof that the version is what was published.")
    note = fields.Text(help="What is new in this version.")
    activity_ids = fields.One2many("workflow.activity", "version_id", string="Activities")
    transition_ids = fields.One2many("workflow.transition", "version_id", string="Transitions")

    _number_uniq = models.Constraint(
        "UNIQUE (wkf_id, number)", "A workflow cannot have two versions with the same number."
    )
    _draft_uniq = models.UniqueIndex(
        "(wkf_id) WHERE state = 'draft'", "A workflow cannot have two drafts."
    )
    _published_uniq = models.UniqueIndex(
        "(wkf_id) WHERE state = 'published'", "A workflow cannot have two published versions."
    )

    @api.depends("wkf_id.name", "number", "state")
    def _compute_display_name(self):
        for version in self:
            name = self.env._(
                "%(workflow)s, version %(number)s",
                workflow=version.wkf_id.name or "",
                number=version.number,
            )
            version.display_name = name

    def write(self, vals):
        if {"profile", "step_limit", "wkf_id"} & vals.keys():
            self._check_draft()
        result = super().write(vals)
        if {"state", "publishes_itself", "step_limit", "profile"} & vals.keys():
            self.env.registry.clear_cache("stable")
            self.wkf_id._definitions_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        for version in self.filtered(lambda version: version._has_been_used()):
            raise UserError(
                self.env._(
                    "Records have used %(version)s, so it cannot be deleted. Retire the "
                    "workflow instead.",
                    version=version.display_name,
                )
            )

    def _has_been_used(self):
        """Tell whether a record is, or was, on the version."""
        self.ensure_one()
        instances = self.env["workflow.instance"].sudo()
        return bool(instances.search_count([("version_id", "=", self.id)], limit=1))

    def _check_draft(self):
        """Refuse changes of what is published."""
        for version in self.filtered(lambda version: version.state != DRAFT):
            raise UserError(
                self.env._(
                    "%(version)s is published, and records rely on it. Make a new draft, change "
                    "that, and publish it.",
                    version=version.display_name,
                )
            )

    def action_publish(self):
        """Publish the workflows of these versions."""
        return self.wkf_id.action_publish()
