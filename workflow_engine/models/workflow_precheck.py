"""Most changes of a record let nothing move.

Finding that out takes no lock and, if the record's own values decide, no statement.
"""

import ast

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.constants import COMPLETE, RUNNING
from ..core.events import Step
from ..core.watching import asked_by_change
from .workflow_flow import current_flow


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _step_changed(self, records, definitions):
        """Step the instances of changed records that may move.

        :param definitions: entries of the subscription index
        """
        # In the middle of an event tokens are on their way, not at rest.
        if current_flow(self.env.cr) is None and not self._may_let_go(records, definitions):
            return []
        found = self._may_move(records, [one.id for one in definitions])
        return self._run_unasked([Step(instance) for instance in found])

    @api.model
    def _may_let_go(self, records, definitions):
        """Tell whether a change may let tokens of the records go, wherever they are."""
        edges = []
        for one in definitions:
            if one.asked is None:
                return True
            edges += one.asked
        own = self._environment(self.env.uid)[records._name].browse(records.ids)
        # They name neither instance nor token.
        return any(self._seems_true(edge, record, 0, 0) for record in own for edge in edges)

    @api.model
    def _may_move(self, records, definitions):
        """Return the instances with a token that a change may have let go, the oldest first.

        What is true is asked again under the lock; what is false now stays where it is.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT i.id, i.res_id, i.version_id, w.id, w.act_id, w.state "
                "FROM workflow_instance i JOIN workflow_workitem w ON w.inst_id = i.id "
                "WHERE i.res_type = %s AND i.res_id = ANY(%s) AND i.state = 'active' "
                "AND i.wkf_id = ANY(%s) ORDER BY i.id, w.number",
                records._name,
                records.ids,
                list(definitions),
            )
        )
        env = self._environment(self.env.uid)
        found = {one.id: one for one in env[records._name].browse(records.ids)}
        moving = {}
        for instance, res_id, version, token, activity, state in rows:
            # A running one waits for something else than the record.
            if instance in moving or state == RUNNING:
                continue
            graph = self.env["workflow.version"]._graph_of(version)
            edges = asked_by_change(graph.nodes[activity])
            if (
                edges is None
                or state != COMPLETE
                or any(self._seems_true(edge, found[res_id], instance, token) for edge in edges)
            ):
                moving[instance] = None
        return list(moving)

    @api.model
    def _seems_true(self, edge, record, instance, token):
        """Tell whether a condition may hold. What it raises is for the run to report."""
        if not edge.is_guarded:
            return True
        try:
            if edge.domain and not record.filtered_domain(Domain(ast.literal_eval(edge.domain))):
                return False
            if edge.condition in ("", "True"):
                return True
            names = lambda: self._names_at((instance, token))  # noqa: E731 - needed here only
            return bool(self._evaluate_lines(edge.condition, record, names))
        except Exception as exc:
            # An author's condition may raise anything.
            if self._breaks_transaction(exc):
                raise
            return True
