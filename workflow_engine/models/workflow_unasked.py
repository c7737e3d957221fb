"""Client actions that nobody waits for: those of creation, changes, triggers and timers."""

from odoo import SUPERUSER_ID, api, models


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _run_unasked(self, events, actor=None):
        """Handle events that have no caller to follow a client action.

        What would open a window becomes an activity on the record, where somebody finds it.
        """
        outcomes = self._run(events, actor)
        for outcome in outcomes:
            if outcome.results:
                self._leave_activities(outcome)
        return outcomes

    @api.model
    def _leave_activities(self, outcome):
        instance_id = outcome.instance or outcome.event.instance
        instance = self.env["workflow.instance"].sudo().browse(instance_id).exists()
        model = self.env.get(instance.res_type) if instance else None
        if model is None or "activity_ids" not in model:
            return
        # Whoever causes it may not have the right to plan activities.
        record = model.browse(instance.res_id).sudo().exists()
        user = self.env.user if self.env.uid != SUPERUSER_ID else instance.uid
        for result in outcome.results:
            for action in result if isinstance(result, list) else [result]:
                if record and isinstance(action, dict):
                    record.activity_schedule(
                        "mail.mail_activity_data_todo",
                        summary=action.get("name") or action.get("type"),
                        note=self.env._(
                            "The workflow “%(workflow)s” wanted to open this, but nobody was "
                            "there.",
                            workflow=instance.wkf_id.name,
                        ),
                        user_id=user.id or self.env.uid,
                    )
