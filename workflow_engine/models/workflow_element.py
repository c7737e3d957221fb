"""What activities and transitions have in common: they belong to one version of a definition."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .workflow import DRAFT

#: What may change in a published version: it decides nothing.
_FREE = frozenset({"label"})


class WorkflowElement(models.AbstractModel):
    _name = "workflow.element"
    _description = "Part of a Workflow"

    wkf_id = fields.Many2one(
        "workflow", string="Workflow", required=True, ondelete="cascade", index=True
    )
    version_id = fields.Many2one(
        "workflow.version",
        string="Version",
        required=True,
        ondelete="cascade",
        index=True,
        help="Empty on creation: the workflow's draft.",
    )
    version_state = fields.Selection(related="version_id.state", string="Version State")
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        help="The same in every version of the workflow, so that they can be compared.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # Before anything is looked up for it.
        self.browse().check_access("create")
        vals_list = [self._complete(dict(vals)) for vals in vals_list]
        self._next_sequences(vals_list)
        self._give_keys(vals_list)
        elements = super().create(vals_list)
        elements.version_id._check_draft()
        elements._check_versions()
        return elements

    def write(self, vals):
        if vals.keys() - _FREE and any(self._differs(element, vals) for element in self):
            self.version_id._check_draft()
        result = super().write(vals)
        if {"version_id", "act_from", "act_to"} & vals.keys():
            self._check_versions()
        return result

    def unlink(self):
        kept = self.browse()
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            # A new version of a module has no such element any more. Records may be on it.
            kept = self.filtered(lambda one: one.version_id._has_been_used())
            for element in kept:
                twin = element._twin(element.wkf_id._draft_to_change())
                if twin.version_state == DRAFT:
                    twin.unlink()
        return super(WorkflowElement, self - kept).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self.version_id._check_draft()

    def _load_records_write(self, values):
        """Take a definition file that is loaded again.

        What it changes of a published version goes into a draft, which records that start
        afterwards use; those on their way keep their version.
        """
        workflow = self.wkf_id
        latest = workflow.draft_version_id or workflow.current_version_id or self.version_id
        target = self._twin(latest)
        if target.version_id.state != DRAFT and self._differs(
            target, self._in_version(dict(values), target.version_id)
        ):
            target = self._twin(workflow._draft_to_change())
        return super(WorkflowElement, target)._load_records_write(
            self._in_version(dict(values), target.version_id)
        )

    # -- which version --------------------------------------------------------------------------

    @api.model
    def _complete(self, vals):
        """Return the values of a new element with its workflow and version."""
        if vals.get("version_id"):
            version = self.env["workflow.version"].browse(vals["version_id"])
        else:
            workflow = self._workflow_of(vals)
            if not workflow:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” belongs to no workflow. Say which one in the field wkf_id.",
                        name=vals.get("name") or vals.get("signal") or self._description,
                    )
                )
            version = workflow._draft_to_change()
        return {**self._in_version(vals, version), "version_id": version.id}

    @api.model
    def _workflow_of(self, vals):
        """Return the workflow that the values of a new element name."""
        return self.env["workflow"].browse(vals.get("wkf_id")).exists()

    @api.model
    def _in_version(self, vals, version):
        """Return values with everything they refer to taken from ``version``."""
        return {**vals, "wkf_id": version.wkf_id.id}

    def _twin(self, version):
        """Return the same element in another version, itself if there is none."""
        if self.version_id == version:
            return self
        return self.search([("version_id", "=", version.id), ("key", "=", self.key)]) or self

    @api.model
    def _differs(self, element, vals):
        """Tell whether values are others than those an element has."""
        for name in vals.keys() - _FREE:
            field = element._fields[name]
            new = field.convert_to_cache(vals[name], element, validate=False)
            if (new or None) != (field.convert_to_cache(element[name], element) or None):
                return True
        return False

    def _check_versions(self):
        """Make sure that no arrow leads from one version into another."""

    # -- keys and order -------------------------------------------------------------------------

    @api.model
    def _key_of(self, vals):
        """Return what names a new element in all versions of its workflow."""
        return vals.get("name") or self._description

    @api.model
    def _next_sequences(self, vals_list):
        """Give new elements their place if they name none; without one the ids decide."""

    @api.model
    def _give_keys(self, vals_list):
        versions = {vals["version_id"] for vals in vals_list}
        taken = {version: set() for version in versions}
        for element in self.sudo().search_fetch([("version_id", "in", list(versions))], ["key"]):
            taken[element.version_id.id].add(element.key)
        for vals in vals_list:
            keys = taken[vals["version_id"]]
            wanted = vals.get("key") or self._key_of(vals)
            key, number = wanted, 1
            while key in keys:
                number += 1
                key = f"{wanted} {number}"
            keys.add(key)
            vals["key"] = key
