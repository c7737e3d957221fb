"""From an activity to the records that are there.

Most models have no field that says where a record is; this opens a list of theirs with the records
chosen, as ``workflow_by_activity.py`` chooses them in a list that is open.
"""

from odoo import api, fields, models

from ..core import constants as words

#: Records a list is opened with at most: their ids travel to the browser and back.
MOST = 10_000


class WorkflowActivity(models.Model):
    _inherit = "workflow.activity"

    record_count = fields.Integer(
        string="Records Here",
        compute="_compute_record_count",
        help="How many records are at this activity now, whatever version they are on.",
    )

    @api.depends_context("uid")
    @api.depends("key", "wkf_id")
    def _compute_record_count(self):
        for activity in self:
            activity.record_count = len(activity._records_here(MOST + 1))

    def action_open_records(self):
        """Open the records that are at this activity in a list of their own."""
        self.ensure_one()
        ids = self._records_here(MOST)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Records at “%(activity)s”", activity=self.name),
            "res_model": self.wkf_id.osv,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }

    def _records_here(self, limit):
        """Return the ids of records at this activity, the first ones to come first."""
        if not isinstance(self.id, int):
            return []
        instances = self.env["workflow.instance"].search(
            [
                ("wkf_id", "=", self.wkf_id.id),
                ("state", "in", (words.ACTIVE, words.STUCK)),
                ("activity_ids.key", "=", self.key),
            ],
            order="id",
            limit=limit,
        )
        return list(dict.fromkeys(instances.mapped("res_id")))
