"""The import wizard takes the workflows of old data files as well."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.openerp_import.renames import parse_mapping
from odoo.addons.server_action_engine.core.openerp_import.xml_reader import read
from odoo.addons.server_action_engine.models.openerp_import import CannotImport
from odoo.addons.server_action_engine.models.openerp_import_messages import sentence

from ..core.openerp import MODELS, TAG, collect
from .workflow_importer import WorkflowImporter
from .workflow_messages import WORKFLOW_REMARKS


class ServerActionImport(models.TransientModel):
    _inherit = "server.action.import"

    workflow_ids = fields.Many2many("workflow", string="Imported Workflows")

    def _import(self, content):
        result = super()._import(content)
        found = collect(read(content))
        importer = WorkflowImporter(
            self.env, (self.module or "").strip(), parse_mapping(self.mapping or "")
        )
        result.workflows = importer.run(found)
        others = [one for one in result.remarks if not _is_ours(one)]
        result.remarks = sorted(
            [*others, *importer.report.sorted()], key=lambda remark: remark.line
        )
        return result

    def _show(self, state, result):
        shown = super()._show(state, result)
        # Those of a preview are undone.
        self.workflow_ids = result.workflows if state == "done" else False
        return shown

    def action_open_workflows(self):
        """Open the imported workflows."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Workflows"),
            "res_model": "workflow",
            "view_mode": "list,form",
            "domain": [("id", "in", self.workflow_ids.ids)],
        }

    @api.model
    def _report_values(self, result):
        ours = [one for one in result.remarks if one.code in WORKFLOW_REMARKS]
        texts = {id(one): sentence(self.env, WORKFLOW_REMARKS, one.code, one.data) for one in ours}
        others = [one for one in result.remarks if one.code not in WORKFLOW_REMARKS]
        everything, result.remarks = result.remarks, others
        try:
            lines = super()._report_values(result)
        finally:
            result.remarks = everything
        lines += [
            {
                "file_line": one.line,
                "record_id": one.record,
                "kind": one.kind,
                "message": texts[id(one)],
            }
            for one in ours
        ]
        return sorted(lines, key=lambda line: line["file_line"])


def _is_ours(remark):
    """Tell whether a remark says that something was left out which is taken over here."""
    if remark.code == "other_model":
        return remark.data.get("model") in MODELS
    return remark.code == "other_tag" and remark.data.get("tag") == TAG


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _import_openerp_trigger(self, old, source):
        """Take over actions that send signals."""
        values = {"state": "trigger", "trigger_name": old.text("trigger_name") or False}
        if old.text("use_relational_model") == "base" or not old.values.get("wkf_field_id"):
            return {**values, "trigger_target": "record"}
        name, model = source.resolver.field_names(
            old.values["wkf_field_id"], source.model_names(old.values.get("model_id"))[0]
        )
        found = source.resolver.field(name, model) if model else None
        link = self.env["ir.model.fields"]._get(*found) if found else None
        if not link:
            raise CannotImport("missing_field", field=name, model=model or "", hint=name)
        return {
            **values,
            "trigger_target": "field",
            "trigger_obj_id": link.id,
            "wkf_model_id": self.env["ir.model"]._get_id(link.relation) if link.relation else False,
        }
