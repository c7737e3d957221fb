"""Performing what the core asks: rows, conditions, roles, actions."""

import ast

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ..core.constants import INCIDENT
from ..core.errors import TransitionError
from ..core.questions import AskCondition, AskRole, Failure, FindChild, RunAction
from ..core.requests import Apply, Load

#: Context keys that mean the same for an action of a workflow as for the call that causes it.
_KEPT_CONTEXT = frozenset(
    {"lang", "tz", "allowed_company_ids", "automation_skip", "tracking_disable"}
)


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _perform(self, flow, request):
        if isinstance(request, Load):
            found = flow.take_locked(request.instances)
            if found is None:
                found = self.env["workflow.store"]._load(request.instances, lock=request.lock)
            request.answer(found)
        elif isinstance(request, Apply):
            self._store_changes(flow, request)
        elif isinstance(request, AskCondition):
            request.answer(*self._ask_condition(flow, request))
        elif isinstance(request, AskRole):
            request.answer(self._ask_role(flow, request))
        elif isinstance(request, RunAction):
            request.answer(*self._run_action(flow, request))
        elif isinstance(request, FindChild):
            request.answer(*self._find_child(flow, request))
        else:
            raise TypeError(f"no answer to {request!r}")

    @api.model
    def _store_changes(self, flow, request):
        changes = request.changes
        instances, tokens = self.env["workflow.store"]._apply(changes)
        request.answer(instances, tokens)
        # What follows may call the engine again.
        if changes.states:
            self._write_states(flow, changes.states, instances)
        if changes.watched:
            self._watch(flow, changes.watched, instances, tokens)
        if changes.armed:
            self._arm(flow, changes.armed, instances, tokens)
        if changes.log and self._has_rules():
            self._tell_rules(changes.log, instances)

    # -- records ---------------------------------------------------------------------------------

    @api.model
    def _records(self, request, activity=None):
        """Return the records a question is about, in the environment of whoever causes it."""
        env = self._environment(request.actor.uid)
        if activity is not None and activity.run_as != "current":
            uid = {"system": SUPERUSER_ID, "user": activity.run_as_user}.get(activity.run_as)
            env = self._environment(uid or request.actor.uid)
        return env[request.graph.model].browse([work.res_id for work in request.works])

    @api.model
    def _environment(self, uid):
        """Return an environment of a user, without the context of the call behind it."""
        context = {
            key: value
            for key, value in self.env.context.items()
            if key in _KEPT_CONTEXT or key.startswith("__action_")
        }
        if uid == self.env.uid:
            return self.env(context=context)
        return self.env(user=uid, su=uid == SUPERUSER_ID, context=context)

    @api.model
    def _run_names(self, flow, request, work, env):
        """Return what ``workflow``, ``instance`` and ``token`` are for one record."""
        changes = flow.session.flush()
        if changes:
            self._store_changes(flow, changes)
        # Whoever may run the definition sees where it is.
        env = env(su=True)
        instance = env["workflow.instance"].browse(flow.session.instance_id(work.instance))
        return {
            "workflow": env["workflow"].browse(request.graph.definition),
            "instance": instance,
            "token": env["workflow.workitem"].browse(flow.session.token_id(work.token)),
        }

    # -- conditions and roles ---------------------------------------------------------------------

    @api.model
    def _ask_condition(self, flow, request):
        """:returns: (instances for which the condition holds, failures)"""
        edge, graph = request.transition, request.graph
        # Who only looks is not to be stopped by an error that would stop who acts.
        keeps = bool(flow.looking) or graph.nodes[edge.source].activity.on_error == INCIDENT
        true, failures = [], {}
        records = self._records(request)
        matching = None
        for work, record in zip(request.works, records, strict=True):
            try:
                if matching is None:
                    # All at once; what is wrong with a filter is wrong for each of them.
                    matching = self._matching(edge, records)
                if record.id in matching and self._holds(flow, request, work, record):
                    true.append(work.instance)
            except Exception as exc:  # noqa: BLE001 - an author's condition may raise anything
                if not keeps or self._breaks_transaction(exc):
                    self._reraise(exc, TransitionError, graph.place(edge))
                failures[work.instance] = Failure(self._describe(exc), exc)
        return true, failures

    @api.model
    def _matching(self, edge, records):
        """Return the ids of the records that match the filter of a transition."""
        if edge.domain:
            records = records.filtered_domain(Domain(ast.literal_eval(edge.domain)))
        return set(records._ids)

    @api.model
    def _holds(self, flow, request, work, record):
        text = request.transition.condition
        if text in ("", "True"):
            return True
        return bool(
            self._evaluate_lines(
                text, record, lambda: self._run_names(flow, request, work, record.env)
            )
        )

    @api.model
    def _ask_role(self, flow, request):
        """Return the instances on whose record the user holds the role by an expression."""
        edge, held = request.transition, []
        role = self.env["workflow.role"].sudo().browse(edge.role_id)
        texts = []
        while role:
            texts += [role.user_expr] if role.user_expr else []
            role = role.parent_id
        # The rights to read who is responsible are not the user's.
        for work, record in zip(request.works, self._records(request).sudo(), strict=True):
            try:
                users = [
                    self._evaluate_lines(
                        text,
                        record,
                        lambda work=work, record=record: self._run_names(
                            flow, request, work, record.env
                        ),
                    )
                    for text in texts
                ]
            except Exception as exc:  # noqa: BLE001 - an author's expression may raise anything
                # Who only looks is not to be stopped by it.
                if not flow.looking or self._breaks_transaction(exc):
                    self._reraise(exc, TransitionError, request.graph.place(edge))
                continue
            if any(request.actor.uid in _ids_of(found) for found in users):
                held.append(work.instance)
        return held


def _ids_of(value):
    """Return the ids in whatever an expression gave: records, an id, a list of ids."""
    if not value:
        return ()
    if isinstance(value, models.BaseModel):
        return value.ids
    return (value,) if isinstance(value, int) else tuple(value)
