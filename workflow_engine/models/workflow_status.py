"""Where records are in their workflows, for whoever shows it."""

from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def workflow_status(self):
        """Return the workflows of these records with the activities they are at.

        :returns: ``{id: [{instance, workflow, workflow_id, version_id, state, activities}]}``, the
            oldest instance first; each activity is ``{id, key, name, state, since, subflow}``
        """
        self._check_workflow_access("read")
        found = {id_: [] for id_ in self.ids}
        # Whoever reads the record may know where it is.
        instances = self.env["workflow.instance"].sudo()
        for one in instances.search(
            [("res_type", "=", self._name), ("res_id", "in", self.ids)], order="id"
        ):
            found[one.res_id].append(
                {
                    "instance": one.id,
                    "workflow": one.wkf_id.name,
                    "workflow_id": one.wkf_id.id,
                    "version_id": one.version_id.id,
                    "state": one.state,
                    "activities": [
                        {
                            "id": item.act_id.id,
                            "key": item.act_id.key,
                            "name": item.act_id.name,
                            "state": item.state,
                            "since": item.entered_at,
                            "subflow": item.subflow_id.id,
                        }
                        for item in one.workitem_ids.sorted("number")
                    ],
                }
            )
        return found
