"""Instances whose record is gone without a word: PostgreSQL deletes by cascade, and so does SQL.

Nobody hears of it then. Whoever would touch such an instance closes it instead, and so does the
daily clean-up.
"""

import logging

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.server_action_engine.core.bisection import Bisection
from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

from ..core.events import Delete
from .workflow_flow import current_flow

_logger = logging.getLogger(__name__)


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.autovacuum
    def _gc_instances_without_record(self):
        """Close instances whose record does not exist any more.

        :returns: (number closed, whether more are waiting)
        """
        closed, more = 0, False
        for model in self._models_with_instances():
            found = self._orphans(model, SQL("TRUE"), GC_UNLINK_LIMIT)
            closed += self._close_orphans(found)
            more = more or len(found) == GC_UNLINK_LIMIT
        # What could not be closed is tried again another day.
        return closed, more and closed > 0

    @api.model
    def _with_record(self, instances):
        """Close those instances whose record is gone; return the ids of the others.

        In the middle of an event they are left alone: its own work may have deleted the record.
        """
        instances = list(instances)
        if not instances or current_flow(self.env.cr) is not None:
            return set(instances)
        condition = SQL("i.id = ANY(%s)", instances)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT i.res_type FROM workflow_instance i WHERE %s", condition)
        )
        gone = []
        for [model] in rows:
            if self._has_table(model):
                gone += self._orphans(model, condition)
        if gone:
            self._close_orphans(gone)
        return set(instances).difference(gone)

    @api.model
    def _models_with_instances(self):
        models_of = "SELECT DISTINCT osv FROM workflow ORDER BY osv"
        return [name for [name] in self.env.execute_query(SQL(models_of)) if self._has_table(name)]

    @api.model
    def _has_table(self, name):
        return name in self.env and self.env[name]._is_an_ordinary_table()

    @api.model
    def _orphans(self, model, condition, limit=None):
        """Return the ids of instances of a model whose record does not exist."""
        records = self.env[model]
        records.flush_model(["id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT i.id FROM workflow_instance i WHERE i.res_type = %s AND %s "
                "AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = i.res_id) ORDER BY i.id LIMIT %s",
                model,
                condition,
                SQL.identifier(records._table),
                limit,
            )
        )
        return [id_ for [id_] in rows]

    @api.model
    def _close_orphans(self, instances):
        """Do what the deletion of their records would have done; return for how many it worked."""
        engine = self.with_user(SUPERUSER_ID)
        trial = Bisection(len(instances))
        while (part := trial.next()) is not None:
            try:
                with revocable_savepoint(self.env.cr):
                    engine._run([Delete(one) for one in instances[part]])
            except Exception as exc:
                if is_retryable_db_error(exc):
                    raise
                if trial.failed():
                    # Something else waits for it, and what that does now has failed.
                    [one] = instances[part]
                    _logger.warning(
                        "Workflow instance %s has lost its record and cannot be closed: %s",
                        one,
                        self._describe(exc),
                    )
            else:
                trial.passed()
        return len(trial.good)
