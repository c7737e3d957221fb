"""What the form of a record in a workflow shows and sends."""

from odoo import api, models

from odoo.addons.server_action_engine.models.ir_actions_server_multi import PLAY_IN_ORDER
from odoo.addons.web.controllers.utils import clean_action

from ..core import constants as words
from .workflow_diagram import tokens_of

#: Log lines a form shows.
HISTORY_LINES = 100


class Base(models.AbstractModel):
    _inherit = "base"

    @api.readonly
    def workflow_panel(self):
        """Return what the form of a record shows about its workflows.

        :returns: ``{instances, signals}`` as of ``workflow_status`` and
            ``workflow_available_signals``; of workflows that have ended only the last instance
        """
        self.ensure_one()
        shown = {}
        for one in self.workflow_status()[self.id]:
            is_alive = one["state"] in (words.ACTIVE, words.STUCK)
            shown[one["instance"] if is_alive else f"ended {one['workflow_id']}"] = one
        alive = {one["workflow_id"] for key, one in shown.items() if isinstance(key, int)}
        instances = [
            one
            for key, one in shown.items()
            if isinstance(key, int) or one["workflow_id"] not in alive
        ]
        labels = dict(
            self.env["workflow.instance"]._fields["state"]._description_selection(self.env)
        )
        for one in instances:
            one["state_label"] = labels[one["state"]]
        signals = self.workflow_available_signals()[self.id] if alive else []
        return {"instances": instances, "signals": signals}

    def workflow_panel_signal(self, signal):
        """Send a signal for the button of a form.

        :returns: ``{accepted, message, action}``: why it was refused, or what the client does next
        """
        self.ensure_one()
        answer = self.workflow_signal_report(signal)[self.id]
        message = answer["message"]
        if answer["deferred"] and not answer["accepted"]:
            message = self.env._("The signal waits until the activity that runs now has ended.")
        return {
            "accepted": answer["accepted"],
            "message": message,
            "action": self._workflow_client_action(answer["results"]),
        }

    @api.readonly
    def workflow_diagrams(self):
        """Return the diagrams of a record: each with where it is, and the way it took.

        :returns: list of ``{instance, workflow, state, diagram}``
        """
        self.ensure_one()
        # Conditions and code stand in it: not for portal users.
        self.env["workflow.version"].check_access("read")
        found = []
        for one in self.workflow_panel()["instances"]:
            # Whoever reads the record may know where it is.
            instance = self.env["workflow.instance"].sudo().browse(one["instance"])
            items = [(item.act_id.id, item.state, 1) for item in instance.workitem_ids]
            version = self.env["workflow.version"].browse(one["version_id"])
            picture = version._diagram(tokens_of(items), instance._transitions_taken())
            found.append({**one, "diagram": picture})
        return found

    @api.readonly
    def workflow_history(self):
        """Return the latest log lines of a record, the newest first.

        :returns: list of ``{id, date, event, workflow, activity, signal, reason, user, detail}``
        """
        self._check_workflow_access("read")
        log = self.env["workflow.log"].sudo()
        lines = log.search_fetch(
            [("res_type", "=", self._name), ("res_id", "=", self.id)], limit=HISTORY_LINES
        )
        events, reasons = (
            dict(log._fields[name]._description_selection(self.env)) for name in ("event", "reason")
        )
        # The log outlives what it names.
        named = ("wkf_id", "activity_id", "uid")
        names = {name: {one.id: one.display_name for one in lines[name].exists()} for name in named}
        return [
            {
                "id": line.id,
                "date": line.date,
                "event": line.event,
                "event_label": events[line.event],
                "workflow": names["wkf_id"].get(line.wkf_id.id, ""),
                "activity": names["activity_id"].get(line.activity_id.id, ""),
                "signal": line.signal or "",
                "reason": reasons.get(line.reason, ""),
                "user": names["uid"].get(line.uid.id, ""),
                "detail": line.detail or "",
            }
            for line in lines
        ]

    def _workflow_client_action(self, results):
        """Return one client action that runs all of them in order, False if there is none."""
        actions = [clean_action(dict(one), self.env) for one in results if isinstance(one, dict)]
        if len(actions) < 2:
            return actions[0] if actions else False
        return {
            "type": "ir.actions.client",
            "tag": PLAY_IN_ORDER,
            "params": {"actions": actions},
        }


class WorkflowInstance(models.Model):
    _inherit = "workflow.instance"

    def _transitions_taken(self):
        """Return ``{transition id: how often}`` from the log."""
        groups = self.env["workflow.log"]._read_group(
            [("instance_id", "=", self.id), ("transition_id", "!=", False)],
            ["transition_id"],
            ["__count"],
        )
        return {transition.id: count for transition, count in groups}
