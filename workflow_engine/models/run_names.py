"""Server actions on activities know in which workflow they run."""

from odoo import api, models

from .workflow_flow import current_flow


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        names = super()._get_eval_context(action)
        record = names.get("record")
        if action and record:
            names.update(self._workflow_names(record))
        return names

    @api.model
    def _eval_scope(self, eval_context, record, **names):
        return super()._eval_scope(
            eval_context, record, **{**self._workflow_names(record), **names}
        )

    @api.model
    def _workflow_names(self, record):
        """Return ``workflow``, ``instance`` and ``token`` of a record an activity acts on."""
        flow = current_flow(record.env.cr)
        work = flow and flow.work_of(record._name, record.id)
        if not work:
            return {}
        # Whoever runs the action may see where it runs.
        env = record.env(su=True)
        instance = env["workflow.instance"].browse(work[0])
        return {
            "workflow": instance.wkf_id,
            "instance": instance,
            "token": env["workflow.workitem"].browse(work[1]),
        }
