"""Workflow methods of every record."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..core.constants import ACTIVE, STRICT, STUCK
from ..core.events import Jump, Redirect
from .workflow_subscriber import Definition
from .workflow_words import refusal_text


class Base(models.AbstractModel):
    _inherit = "base"

    def create_workflow(self):
        """Start the workflows of the model for these records, also if they are in one already."""
        self._check_workflow_access("write")
        # Also for a caller who wants to see archived ones: no record starts those.
        known = [("osv", "=", self._name), ("on_create", "=", True), ("active", "=", True)]
        workflows = self.env["workflow"].sudo().search(known)
        self.env["workflow.engine"]._start(self, [Definition(one.id, None) for one in workflows])
        return True

    def step_workflow(self):
        """Look at the records' workflows again: something they wait for may have happened."""
        self._check_workflow_access("read")
        self.env["workflow.engine"]._step(self)
        return True

    def signal_workflow(self, signal):
        """Send a signal to the workflows of these records.

        :returns: ``{id: result}``: the first client action that came of it, or False
        """
        return {id_: found["result"] for id_, found in self.workflow_signal_report(signal).items()}

    def workflow_signal_report(self, signal):
        """Send a signal, and tell what came of it.

        :returns: ``{id: {accepted, deferred, result, results, reason, message}}``; ``results`` are
            all client actions in order, ``message`` says why the signal was refused
        """
        self._check_workflow_access("read")
        outcomes = self.env["workflow.engine"]._signal(self, signal)
        report = {id_: self._workflow_answer(found) for id_, found in outcomes.items()}
        self._check_workflow_refused(signal, report)
        return report

    def action_workflow_signal(self, signal=""):
        """Send a signal for a button, which tells the user why nothing happened."""
        report = self.workflow_signal_report(signal)
        refused = {id_: one for id_, one in report.items() if one["reason"]}
        if not refused:
            return next((one["result"] for one in report.values() if one["result"]), True)
        lines = []
        for record in self.browse(refused)[:10]:
            lines.append(f"{record.display_name}: {refused[record.id]['message']}")
        if len(refused) > 10:
            lines.append(self.env._("… and %(count)s more records", count=len(refused) - 10))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": len(self) > 1,
                "title": self.env._(
                    "“%(signal)s” did nothing for %(refused)s of %(count)s records",
                    signal=signal,
                    refused=len(refused),
                    count=len(self),
                ),
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def trigger_workflow(self):
        """Wake the workflows that wait for these records."""
        self._check_workflow_access("read")
        self.env["workflow.engine"]._trigger(self)
        return True

    def delete_workflow(self):
        """Delete the workflow instances of these records."""
        self._check_workflow_access("unlink" if self._workflow_is_binding() else "write")
        self.env["workflow.engine"]._delete(self)
        return True

    @api.model
    def redirect_workflow(self, pairs):
        """Let workflows that wait for an old record wait for a new one.

        :param pairs: [(old id, new id)]; nothing happens where the new record is in no workflow
        """
        engine = self.env["workflow.engine"]
        ids = [id_ for pair in pairs for id_ in pair]
        self.browse(ids)._check_workflow_access("write")
        instances = self.env["workflow.instance"].sudo()
        found = instances.search([("res_type", "=", self._name), ("res_id", "in", ids)], order="id")
        events = []
        for old, new in pairs:
            for instance in found.filtered(lambda one, old=old: one.res_id == old):
                target = found.filtered(
                    lambda one, instance=instance, new=new: (
                        one.res_id == new
                        and one.state == "active"
                        and one.wkf_id == instance.wkf_id
                    )
                )[:1]
                if target:
                    events.append(Redirect(instance.id, target.id))
        engine._run(events)
        return True

    def workflow_available_signals(self):
        """Return the signals that activities of the records wait for.

        :returns: ``{id: [{signal, label, allowed, reason, message}]}``
        """
        self._check_workflow_access("read")
        engine = self.env["workflow.engine"]
        instances = {row[0]: row[1] for row in engine._instances_of(self)}
        signals = engine._look(instances) if instances else {}
        found = {id_: {} for id_ in self.ids}
        edges = [e for many in signals.values() for one in many for e in one.transitions]
        labels = {one.id: one.label for one in self.env["workflow.transition"].sudo().browse(edges)}
        for instance, many in signals.items():
            for one in many:
                shown = found[instances[instance]].get(one.signal)
                if shown is None or (one.allowed and not shown["allowed"]):
                    label = next((labels[e] for e in one.transitions if labels[e]), one.signal)
                    found[instances[instance]][one.signal] = {
                        "signal": one.signal,
                        "label": label,
                        "allowed": one.allowed,
                        "reason": one.reason,
                        "message": refusal_text(self.env, one.reason) if one.reason else "",
                    }
        return {id_: list(many.values()) for id_, many in found.items()}

    def workflow_jump(self, activity, reason):
        """Move the instances of these records to an activity, as an administrator.

        Those that are active or stuck; of a record that has none, the last one that has ended.

        :param activity: a ``workflow.activity``, or the key or name of one
        :param reason: text for the log
        """
        if not (self.env.su or self.env.user._is_system()):
            raise AccessError(
                self.env._("Only administrators may move a record within its workflow.")
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why the record is moved; the reason is kept in the log.")
            )
        activities = self.env["workflow.activity"].sudo()
        name = activity if isinstance(activity, str) else activity.key
        events = []
        engine = self.env["workflow.engine"]
        for instance in self._workflow_instances_to_jump():
            version = self.env["workflow.instance"].sudo().browse(instance).version_id
            target = activities.search(
                [("version_id", "=", version.id), "|", ("key", "=", name), ("name", "=", name)],
                limit=1,
            )
            if not target:
                raise UserError(
                    self.env._(
                        "%(version)s has no activity “%(activity)s”.",
                        version=version.display_name,
                        activity=name,
                    )
                )
            events.append(Jump(instance, target.id, reason.strip()))
        engine._run(events)
        self.env["workflow.store"]._resolve([event.instance for event in events])
        return True

    # -- helpers --------------------------------------------------------------------------------

    def _check_workflow_access(self, operation):
        """Workflows of a record are for those who may see it, or change it."""
        if not self.env.su:
            self.check_access(operation)

    def _workflow_is_binding(self):
        """Tell whether a workflow of these records keeps something from who may write them.

        Documents of OpenERP go back to draft by deleting their workflow and creating it anew, with
        the right to write; these workflows kept nothing from anybody.
        """
        kept = ["|", ("version_id.profile", "=", STRICT), ("wkf_id.state_field_id", "!=", False)]
        mine = [("res_type", "=", self._name), ("res_id", "in", self.ids), *kept]
        return bool(self.env["workflow.instance"].sudo().search_count(mine, limit=1))

    def _workflow_instances_to_jump(self):
        alive, ended = {}, {}
        for instance, id_, state in self.env["workflow.engine"]._instances_of(self, active=False):
            if state in (ACTIVE, STUCK):
                alive.setdefault(id_, []).append(instance)
            else:
                ended[id_] = [instance]
        return [one for id_ in self.ids for one in alive.get(id_) or ended.get(id_, ())]

    def _workflow_answer(self, outcomes):
        """Sum up what the instances of one record did with a signal."""
        if len(outcomes) == 1 and outcomes[0].accepted and not outcomes[0].results:
            # As nearly always, and asked for each of many records.
            return {
                "accepted": True,
                "deferred": outcomes[0].deferred,
                "result": False,
                "results": [],
                "reason": "",
                "message": "",
            }
        results = [result for one in outcomes for result in one.results]
        accepted = any(one.accepted for one in outcomes)
        deferred = any(one.deferred for one in outcomes)
        refusal = next((one.refusal for one in outcomes if one.refusal), None)
        reason = "" if accepted or deferred or refusal is None else refusal.reason
        return {
            "accepted": accepted,
            "deferred": deferred,
            "result": results[0] if results else False,
            "results": results,
            "reason": reason,
            "message": refusal_text(self.env, reason) if reason else "",
        }
