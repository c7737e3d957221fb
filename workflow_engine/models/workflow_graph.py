"""Versions as the core wants them: plain, frozen data, read once."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..core.constants import OPENERP, STRICT
from ..core.definition import Activity, Timer, Transition
from ..core.errors import DefinitionError
from ..core.graph import Graph
from ..core.validation.report import problems
from .workflow_texts import text_problems

#: Old definitions were run with these for years: their authors are told, their users not stopped.
_TOLERATED = {OPENERP: frozenset({"endless_cycle"})}


class WorkflowVersion(models.Model):
    _inherit = "workflow.version"

    @api.model
    # Published versions do not change, but the roles they name do: those clear this cache.
    @ormcache("version_id", cache="stable")
    def _graph_of(self, version_id):
        """Return a published version, kept for all transactions of the worker."""
        # The same for every user.
        env = self.env(user=SUPERUSER_ID, context={})
        return env[self._name].browse(version_id)._build_graph()

    def _build_graph(self):
        """Read the version.

        :raises ValidationError: its parts do not fit together
        """
        self.ensure_one()
        try:
            return Graph(
                id=self.id,
                definition=self.wkf_id.id,
                name=self.wkf_id.name,
                model=self.wkf_id.osv,
                profile=self.profile or (OPENERP if self.publishes_itself else STRICT),
                step_limit=self.step_limit,
                activities=tuple(one._as_core() for one in self.activity_ids.sorted("id")),
                transitions=tuple(one._as_core() for one in self.transition_ids.sorted("id")),
            )
        except DefinitionError as exc:
            raise ValidationError(str(exc)) from exc

    def _problems(self):
        """Return everything that is wrong with a version, errors first."""
        graph = self._build_graph()
        tolerated = _TOLERATED.get(graph.profile, ())
        found = [
            one if one.code not in tolerated else _as_warning(one)
            for one in [*problems(graph), *text_problems(self.env, graph)]
        ]
        return sorted(found, key=lambda one: one.severity != "error")


class WorkflowActivity(models.Model):
    _inherit = "workflow.activity"

    def _as_core(self):
        return Activity(
            id=self.id,
            key=self.key,
            name=self.name,
            kind=self.kind,
            split_mode=self.split_mode,
            join_mode=self.join_mode,
            flow_start=self.flow_start,
            flow_stop=self.flow_stop,
            code=(self.action or "").strip(),
            action_id=self.action_id.id or None,
            action_model=self.action_id.model_name or "",
            subflow=self.subflow_id.id or None,
            subflow_version=self.subflow_version_id.id or None,
            signal_send=self.signal_send or "",
            signal_broadcast=self.signal_broadcast,
            cancel_children=self.cancel_children,
            on_error=self.on_error,
            mark_policy=self.mark_policy,
            state_value=self.state_value or "",
            run_as=self.run_as,
            run_as_user=self.run_as_user_id.id or None,
        )


class WorkflowTransition(models.Model):
    _inherit = "workflow.transition"

    def _as_core(self):
        return Transition(
            id=self.id,
            key=self.key,
            source=self.act_from.id,
            target=self.act_to.id,
            sequence=self.sequence,
            signal=self.signal or "",
            condition=(self.condition or "").strip(),
            domain=(self.condition_domain or "").strip(),
            group_ids=frozenset(self.group_id.ids),
            role_id=self.role_id.id or None,
            role_is_dynamic=bool(self.role_id.user_expr),
            trigger_model=self.trigger_model or "",
            trigger_expr=(self.trigger_expr_id or "").strip(),
            timer=self._timer(),
        )

    def _timer(self):
        if not self.timer_kind:
            return None
        if self.timer_kind == "date":
            delay = f"date {(self.timer_expression or '').strip()}"
        else:
            calendar = self.timer_calendar_id.id or ""
            delay = f"delay {self.timer_number} {self.timer_unit} {calendar}".strip()
        return Timer(delay, self.timer_interrupting)


def _as_warning(one):
    return type(one)("warning", one.code, one.place, one.message, one.activity, one.transition)
