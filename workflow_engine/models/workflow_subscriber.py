"""Workflows listen to the records of their models; models without a workflow pay nothing."""

from __future__ import annotations

from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.server_action_engine.core.subscriptions import (
    CREATE,
    UNLINK,
    WRITE,
    Subscription,
)

from ..core.definition import Transition
from ..core.watching import asked_anywhere, watched_fields
from .workflow import DRAFT, definition_key
from .workflow_flow import current_flow
from .workflow_names import CONSTANT_NAMES, RUN_NAMES


@dataclass(frozen=True, slots=True)
class Definition:
    """What the index knows of a workflow."""

    id: int
    version: int | None
    """The published one; None: the draft has to publish itself first."""
    guarded: str = ""
    """Name of the field that only the workflow may write; of a subscription to writes of it."""
    asked: tuple[Transition, ...] | None = None
    """Of a subscription to writes: if none of them holds, no token moves; None: look at tokens."""


class WorkflowSubscriber(models.AbstractModel):
    _name = "workflow.subscriber"
    _inherit = ["server.action.event.subscriber"]
    _description = "Workflows Listening to Changes of Records"

    @api.model
    def _event_subscriptions(self):
        return self._subscriptions_of([])

    @api.model
    def _event_subscriptions_of(self, keys):
        return self._subscriptions_of([("id", "in", [int(key.rpartition(",")[2]) for key in keys])])

    @api.model
    def _subscriptions_of(self, domain):
        found = []
        workflows = self.env["workflow"].with_context(active_test=False).search(domain)
        for workflow in workflows:
            if workflow.osv in self.env:
                found += self._subscriptions_of_one(workflow)
        return found

    @api.model
    def _subscriptions_of_one(self, workflow):
        draft, current = workflow.draft_version_id, workflow.current_version_id
        waits = draft.publishes_itself
        starts = workflow.active and (bool(current) or waits)
        definition = Definition(workflow.id, None if waits else current.id)
        used = workflow.version_ids.filtered(lambda version: version.state != DRAFT)
        if starts and workflow.on_create:
            yield self._subscription(workflow, CREATE, definition)
        if not (starts or used):
            return
        yield self._subscription(workflow, UNLINK, definition)
        graphs = [self.env["workflow.version"]._graph_of(version.id) for version in used]
        fields = self.env[workflow.osv]._fields
        stored = {name for name, field in fields.items() if field.store and field.column_type}
        watched = self._watched(graphs, stored)
        if watched is None or watched:
            asked = asked_anywhere(graphs, stored, CONSTANT_NAMES - RUN_NAMES)
            change = Definition(workflow.id, definition.version, asked=asked)
            yield self._subscription(workflow, WRITE, change, watched)
        if workflow.state_field_id:
            name = workflow.state_field_id.name
            guard = Definition(workflow.id, None, name)
            yield self._subscription(workflow, WRITE, guard, frozenset([name]), binding=True)

    @api.model
    def _watched(self, graphs, stored):
        found = frozenset()
        for graph in graphs:
            names = watched_fields(graph, stored, CONSTANT_NAMES)
            if names is None:
                return None
            found |= names
        return found

    @api.model
    def _subscription(self, workflow, event, payload, fields=None, *, binding=False):
        return Subscription(
            model=workflow.osv,
            event=event,
            subscriber=self._name,
            key=definition_key(workflow.id),
            fields=fields,
            rank=(workflow.id,),
            payload=payload,
            binding=binding,
        )

    # -- events ---------------------------------------------------------------------------------

    @api.model
    def _event_before(self, event, subscriptions):
        if event.kind == UNLINK:
            self.env["workflow.engine"]._delete(event.records)
        elif event.kind == WRITE:
            for subscription in subscriptions:
                if subscription.payload.guarded in event.names:
                    self._check_state_write(subscription.payload, event)

    @api.model
    def _event_after(self, event, subscriptions, state):
        engine = self.env["workflow.engine"]
        payloads = [one.payload for one in subscriptions if not one.payload.guarded]
        if not payloads:
            return
        if event.kind == CREATE:
            engine._start(event.records, payloads)
        else:
            engine._step_changed(event.records, payloads)

    @api.model
    def _check_state_write(self, definition, event):
        """Keep everybody but the engine from writing the field a workflow owns."""
        flow = current_flow(self.env.cr)
        if flow is not None and flow.writes_state:
            return
        name = definition.guarded
        value = event.vals[name]
        if all(record[name] == value for record in event.records):
            return
        engine = self.env["workflow.engine"]
        if not engine._has_active_instance(event.records, definition.id):
            return
        workflow = self.env["workflow"].sudo().browse(definition.id)
        raise UserError(
            self.env._(
                "“%(field)s” belongs to the workflow “%(workflow)s” and cannot be changed by "
                "hand. Send the workflow a signal that leads to “%(value)s”.",
                field=event.records._fields[name]._description_string(self.env),
                workflow=workflow.name,
                value=value,
            )
        )
