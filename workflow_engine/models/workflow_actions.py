"""What activities do: code, server actions, finding the instance a subflow waits for."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.core.bisection import Bisection
from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.models.transaction_queues import revocable_savepoint

from ..core.constants import ACTIVE, INCIDENT
from ..core.errors import ActivityError
from ..core.questions import Failure
from .workflow_requests import _ids_of


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _run_action(self, flow, request):
        """:returns: ({instance: result}, failures)"""
        return self._guarded(flow, request, self._act)

    @api.model
    def _find_child(self, flow, request):
        """:returns: ({instance: instance to wait for or None}, failures)"""
        return self._guarded(flow, request, self._find)

    @api.model
    def _guarded(self, flow, request, perform):
        """Run what an activity does, as its policy for errors says.

        :param perform: function of (flow, request, works, records) returning ``{instance: value}``
        """
        activity = request.activity
        works = list(request.works)
        records = list(self._activity_records(request, works))
        if activity.on_error != INCIDENT:
            try:
                answers = self._with_works(flow, request, perform, works, records)
            except Exception as exc:  # noqa: BLE001 - an author's action may raise anything
                self._reraise(exc, ActivityError, request.graph.place(activity))
            self._follow_savepoints(flow)
            return answers, {}
        answers, failures = {}, {}
        trial = Bisection(len(works))
        while (part := trial.next()) is not None:
            try:
                with revocable_savepoint(self.env.cr):
                    found = self._with_works(flow, request, perform, works[part], records[part])
            except Exception as exc:
                if is_retryable_db_error(exc):
                    raise
                self._follow_savepoints(flow)
                if trial.failed():
                    [work] = works[part]
                    failures[work.instance] = Failure(self._describe(exc), exc)
            else:
                trial.passed()
                self._follow_savepoints(flow)
                answers.update(found)
        return answers, failures

    @api.model
    def _with_works(self, flow, request, perform, works, records):
        """Run an action while code can ask which instance and token it runs for."""
        session = flow.session
        model = request.graph.model
        flow.works.append(
            {
                (model, work.res_id): (
                    session.instance_id(work.instance),
                    session.token_id(work.token),
                )
                for work in works
            }
        )
        try:
            return perform(flow, request, works, records)
        finally:
            flow.works.pop()

    @api.model
    def _activity_records(self, request, works):
        """Yield the record of each work with the rights the activity asks for."""
        activity = request.activity
        if activity.run_as != "initiator":
            yield from self._records(request, activity)
            return
        ids = [work.instance for work in works]
        starters = dict(
            self.env["workflow.instance"].sudo().browse(ids).mapped(lambda i: (i.id, i.uid.id))
        )
        for work in works:
            env = self._environment(starters.get(work.instance) or request.actor.uid)
            yield env[request.graph.model].browse(work.res_id)

    # -- code and server action -----------------------------------------------------------------

    @api.model
    def _act(self, flow, request, works, records):
        activity, results = request.activity, {}
        if request.run_code:
            for work, record in zip(works, records, strict=True):
                value = self._evaluate_lines(
                    activity.code,
                    record,
                    lambda work=work, record=record: self._run_names(
                        flow, request, work, record.env
                    ),
                )
                if isinstance(value, dict):
                    results[work.instance] = value
        if request.run_server_action:
            for part in _by_environment(works, records):
                result = self._run_server_action(flow, request, *part)
                if result:
                    for work in part[0]:
                        results.setdefault(work.instance, result)
        return results

    @api.model
    def _run_server_action(self, flow, request, works, records):
        """Run the server action of an activity through the engine's choke point, in one batch."""
        env, activity = records.env, request.activity
        instance, token = flow.work_of(records._name, works[0].res_id)
        context = {
            **env.context,
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
            "wkf_instance_id": instance,
            "wkf_token_id": token,
        }
        action = env(context=context)["ir.actions.server"].browse(activity.action_id)
        state = state_of(env.cr)
        if state.current is None:
            state.origin = {
                "kind": "workflow",
                "model": "workflow.instance",
                "id": instance,
                "name": request.graph.place(activity),
            }
        return action.run()

    # -- subflows -------------------------------------------------------------------------------

    @api.model
    def _find(self, flow, request, works, records):
        """Find the instances of the records that the code of a subflow names."""
        activity = request.activity
        named = {}
        for work, record in zip(works, records, strict=True):
            value = self._evaluate_lines(
                activity.code,
                record,
                lambda work=work, record=record: self._run_names(flow, request, work, record.env),
            )
            ids = _ids_of(value)
            named[work.instance] = ids[0] if ids else None
        workflow = self.env["workflow"].sudo().browse(activity.subflow)
        wanted = [id_ for id_ in named.values() if id_]
        children = self._children(workflow, wanted)
        for id_ in wanted:
            if id_ not in children:
                raise UserError(
                    self.env._(
                        "the record %(model)s,%(record)s that it should wait for is not in the "
                        "workflow “%(workflow)s”",
                        model=workflow.osv,
                        record=id_,
                        workflow=workflow.name,
                    )
                )
        return {instance: children.get(id_) for instance, id_ in named.items()}

    @api.model
    def _children(self, workflow, ids):
        """Return ``{record id: instance}``, an active one if there is one."""
        found = {}
        records = self.env[workflow.osv].browse(ids)
        for instance, id_, state in self._instances_of(
            records, active=False, definitions=workflow.ids
        ):
            first = found.setdefault(id_, (instance, state))
            if first[1] != ACTIVE and state == ACTIVE:
                found[id_] = (instance, state)
        return {id_: instance for id_, (instance, _state) in found.items()}


def _by_environment(works, records):
    """Yield (works, records) that can run together; mostly that is all of them."""
    parts = {}
    for work, record in zip(works, records, strict=True):
        parts.setdefault(record.env, []).append((work, record))
    for part in parts.values():
        first = part[0][1]
        yield [work for work, _record in part], first.concat(*(one for _work, one in part[1:]))
