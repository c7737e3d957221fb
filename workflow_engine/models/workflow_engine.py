"""Events go in, instances move: the caller of the core."""

from contextlib import closing

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.constants import ACTIVE, NO_INSTANCE
from ..core.errors import WorkflowError
from ..core.events import Actor, Delete, Outcome, Refusal, Retry, Signal, Start, Step, Trigger
from .workflow_flow import flow_of


class _Definitions:
    """Where the core gets versions from."""

    def __init__(self, env):
        self._env = env

    def graph(self, version):
        return self._env["workflow.version"]._graph_of(version)

    def published(self, definition):
        # Definitions are the same for every user.
        env = self._env(user=SUPERUSER_ID, context={})
        workflow = env["workflow"].browse(definition)
        workflow._publish_waiting()
        if not workflow.current_version_id:
            raise WorkflowError("it is not published, so it cannot be started", workflow.name)
        return workflow.current_version_id.id


class WorkflowEngine(models.AbstractModel):
    _name = "workflow.engine"
    _description = "Workflow Engine"

    @api.model
    def _run(self, events, actor=None):
        """Handle events, any number in one go.

        :returns: list of :class:`~.core.events.Outcome`, one per event
        :raises UserError: an activity or condition failed; names definition and place
        """
        if not events:
            return []
        with flow_of(self.env.cr, _Definitions(self.env)) as flow:
            self._follow_savepoints(flow)
            run = flow.session.run(events, actor or self._actor())
            try:
                with closing(iter(run)) as requests:
                    for request in requests:
                        self._perform(flow, request)
            except WorkflowError as exc:
                raise UserError(str(exc)) from exc
            return run.outcomes

    @api.model
    def _look(self, instances):
        """Return ``{instance: [Available]}``: the signals that could be sent now."""
        with flow_of(self.env.cr, _Definitions(self.env)) as flow:
            self._follow_savepoints(flow)
            look = flow.session.look(instances, self._actor())
            flow.looking += 1
            try:
                for request in look:
                    self._perform(flow, request)
            except WorkflowError as exc:
                raise UserError(str(exc)) from exc
            finally:
                flow.looking -= 1
            return look.signals

    @api.model
    def _follow_savepoints(self, flow):
        """Take over what is stored if code has rolled back to a savepoint meanwhile."""
        if flow.is_rolled_back(self.env.cr):
            ids = [one for one in flow.session.instances if one > 0]
            flow.session.resync(self.env["workflow.store"]._load(ids, lock=False))
            flow.set_mark(self.env.cr)

    @api.model
    def _actor(self):
        """Return the real user, also under ``sudo()``."""
        user = self.env.user
        groups = frozenset(user._get_group_ids())
        roles = self.env["workflow.role"]._held_by(user, groups)
        return Actor(user.id, user.id == SUPERUSER_ID, groups, roles)

    # -- which instances ------------------------------------------------------------------------

    @api.model
    def _instances_of(self, records, *, active=True, definitions=None):
        """Return ``[(instance, record id, state)]``, the oldest instances first."""
        if not records.ids:
            return []
        return self.env.execute_query(
            SQL(
                "SELECT id, res_id, state FROM workflow_instance "
                "WHERE res_type = %s AND res_id = ANY(%s) %s %s ORDER BY id",
                records._name,
                records.ids,
                SQL("AND state = 'active'") if active else SQL(),
                SQL("AND wkf_id = ANY(%s)", list(definitions)) if definitions else SQL(),
            )
        )

    @api.model
    def _has_active_instance(self, records, definition):
        return bool(self._instances_of(records, definitions=[definition]))

    # -- events ---------------------------------------------------------------------------------

    @api.model
    def _start(self, records, definitions):
        """Start workflows for new records.

        :param definitions: entries of the subscription index
        """
        versions = []
        for definition in definitions:
            version = definition.version
            if version is None:
                workflow = self.env["workflow"].sudo().browse(definition.id)
                version = workflow._publish_waiting().current_version_id.id
            if version:
                versions.append(version)
        return self._run_unasked(
            [Start(version, records._name, id_) for version in versions for id_ in records.ids]
        )

    @api.model
    def _step(self, records, definitions=None):
        found = self._instances_of(records, definitions=definitions)
        return self._run_unasked([Step(instance) for instance, _id, _state in found])

    @api.model
    def _delete(self, records):
        found = self._instances_of(records, active=False)
        return self._run([Delete(instance) for instance, _id, _state in found])

    @api.model
    def _signal(self, records, signal):
        """Send a signal to the instances of records.

        :returns: ``{record id: [Outcome]}``, at least one for each record
        """
        if not records.ids:
            return {}
        with flow_of(self.env.cr, _Definitions(self.env)) as flow:
            # Found, locked and read by one statement.
            stored = self.env["workflow.store"]._load_of(records)
            addressed = self._addressed(records.ids, [one.instance for one in stored])
            events = [(id_, Signal(one, signal)) for id_, many in addressed.items() for one in many]
            flow.locked = {one.instance.id: one for one in stored}
            try:
                done = self._run([event for _id, event in events])
            finally:
                flow.locked = {}
        outcomes = {id_: [] for id_ in addressed}
        for (id_, _event), outcome in zip(events, done, strict=True):
            outcomes[id_].append(outcome)
        lost = [id_ for id_, instances in addressed.items() if not instances]
        if lost:
            refusal = Refusal(NO_INSTANCE)
            for id_ in lost:
                outcomes[id_].append(Outcome(Signal(0, signal), refusal=refusal))
            lost = records.browse(lost)
            self.env["workflow.store"]._log_without_instance(lost, signal, NO_INSTANCE)
        return outcomes

    @api.model
    def _addressed(self, ids, rows):
        """Return ``{record id: instances}``: the active ones; if there is none, the last ended one.

        Who sends a signal to an instance that has ended is told so.
        """
        found = {id_: [] for id_ in ids}
        ended = {}
        for row in rows:
            if row.state == ACTIVE:
                found[row.res_id].append(row.id)
            else:
                ended[row.res_id] = [row.id]
        return {id_: instances or ended.get(id_, []) for id_, instances in found.items()}

    @api.model
    def _trigger(self, records):
        """Wake the instances that wait for records, one event per trigger row."""
        if not records.ids:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT instance_id FROM workflow_trigger "
                "WHERE model = %s AND res_id = ANY(%s) ORDER BY id",
                records._name,
                records.ids,
            )
        )
        alive = self._with_record([instance for [instance] in rows])
        return self._run_unasked([Trigger(one) for [one] in rows if one in alive])

    @api.model
    def _retry(self, incidents):
        tokens = incidents.filtered(lambda one: one.state == "open" and one.workitem_id)
        return self._run_unasked([Retry(one.instance_id.id, one.workitem_id.id) for one in tokens])
