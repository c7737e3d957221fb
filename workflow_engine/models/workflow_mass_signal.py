"""Signals to the records of a list, with a result for each."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

#: Records a dialog tells about.
RESULT_LINES = 200
#: Context key: refusals are collected and shown, whatever the definition asks for.
COLLECTS = "workflow_engine_collects"


class Base(models.AbstractModel):
    _inherit = "base"

    @api.readonly
    def workflow_mass_signals(self):
        """Return the signals that records of a list wait for.

        :returns: list of ``{signal, label, allowed, refused}``, the last two are numbers of records
        """
        found = {}
        for many in self.workflow_available_signals().values():
            for one in many:
                entry = found.setdefault(
                    one["signal"],
                    {"signal": one["signal"], "label": one["label"], "allowed": 0, "refused": 0},
                )
                entry["allowed" if one["allowed"] else "refused"] += 1
        return list(found.values())

    def workflow_mass_signal(self, signal):
        """Send a signal to the records of a list: at once, or one by one if some of them fail.

        :returns: ``{moved, refused, lines, left_out}``; each line is ``{id, name, accepted,
            message}``, refused records first
        """
        self._check_workflow_access("read")
        records = self.with_context(**{COLLECTS: True})
        try:
            with revocable_savepoint(self.env.cr):
                report = records.workflow_signal_report(signal)
        except UserError:
            report = records._workflow_signal_each(signal)
        order = sorted(report, key=lambda id_: not report[id_]["reason"])
        shown = self.browse(order[:RESULT_LINES])
        return {
            "moved": sum(one["accepted"] for one in report.values()),
            "refused": sum(bool(one["reason"]) for one in report.values()),
            "left_out": len(order) - len(shown),
            "lines": [
                {
                    "id": record.id,
                    "name": record.display_name,
                    "accepted": report[record.id]["accepted"],
                    "message": report[record.id]["message"],
                }
                for record in shown.exists()
            ],
        }

    def _workflow_signal_each(self, signal):
        """Send a signal to one record after the other: one that fails leaves the others alone."""
        report = {}
        for record in self:
            try:
                with revocable_savepoint(self.env.cr):
                    report.update(record.workflow_signal_report(signal))
            except UserError as exc:
                report[record.id] = {"accepted": False, "reason": "error", "message": str(exc)}
        return report

    def _check_workflow_refused(self, signal, report):
        # Whoever is told about each record needs no error, which would undo the others.
        if self.env.context.get(COLLECTS):
            return None
        return super()._check_workflow_refused(signal, report)
