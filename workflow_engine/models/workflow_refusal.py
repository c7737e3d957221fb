"""Refused signals of definitions that ask for an error."""

import logging
from functools import partial

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class Base(models.AbstractModel):
    _inherit = "base"

    def _check_workflow_refused(self, signal, report):
        """:raises UserError: a signal was refused, and the definition asks for an error"""
        refused = {id_: one["reason"] for id_, one in report.items() if one["reason"]}
        if not refused:
            return
        workflows = self.env["workflow"].sudo()
        asking = workflows.search([("osv", "=", self._name), ("raise_refused", "=", True)])
        if not asking:
            return
        instances = self.env["workflow.instance"].sudo()
        known = [("res_type", "=", self._name), ("res_id", "in", list(refused))]
        concerned = instances.search(known).wkf_id
        if concerned and not concerned & asking:
            return
        # The error takes the lines of the log with it: they are written anew when it has.
        log = partial(_log_refused, self.pool, self.env.uid, self._name, signal, refused)
        self.env.cr.postrollback.add(log)
        record = self.browse(next(iter(refused)))
        raise UserError(
            self.env._(
                "“%(signal)s” was refused for %(record)s: %(reason)s",
                signal=signal,
                record=record.display_name,
                reason=report[record.id]["message"],
            )
        )


def _log_refused(registry, uid, model, signal, refused):
    """Write the lines of refusals in a transaction of their own.

    :param refused: ``{record id: reason}``
    """
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, uid, {})
            for id_, reason in refused.items():
                record = env[model].browse(id_)
                env["workflow.store"]._log_without_instance(record, signal, reason)
    except Exception:
        # A log that fails must not hide why the signal was refused.
        _logger.warning("Refused signals could not be logged: %s", refused, exc_info=True)
