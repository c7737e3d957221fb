"""What waits with a token: state values are written, records watched, timers set."""

from datetime import date, datetime, timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, ormcache

from odoo.addons.base_automation_ext.core.due import DuePlan
from odoo.addons.base_automation_ext.models.due_calendars import Calendars
from odoo.addons.base_automation_ext.models.time_zone import zone_of

from ..core.errors import TransitionError
from ..core.events import Actor, Due
from .workflow_requests import _ids_of
from .workflow_store_columns import Columns

_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    # -- state fields ---------------------------------------------------------------------------

    @api.model
    def _write_states(self, flow, states, instances):
        """Write the state value of the activities entered last into the field of the workflow."""
        for activity_id, ids in states.items():
            graph, res_ids = flow.session.records_of(instances.get(one, one) for one in ids)
            name = self._state_field_of(graph.definition)
            if not name:
                continue
            # The field is the workflow's: whose rights the user has on it does not matter.
            records = self._environment(self.env.uid)[graph.model].sudo()
            records = records.browse(dict.fromkeys(res_ids)).exists()
            flow.writes_state += 1
            try:
                records.write({name: graph.nodes[activity_id].activity.state_value})
            finally:
                flow.writes_state -= 1

    @api.model
    # Who changes definitions clears this cache.
    @ormcache("definition", cache="stable")
    def _state_field_of(self, definition):
        """Return the name of the field a workflow owns, or nothing."""
        return self.env["workflow"].sudo().browse(definition).state_field_id.name

    @api.model
    def _record_ids(self, instances):
        """Return ``{instance: record id}``."""
        rows = self.env.execute_query(
            SQL("SELECT id, res_id FROM workflow_instance WHERE id = ANY(%s)", list(instances))
        )
        return dict(rows)

    # -- watched records ------------------------------------------------------------------------

    @api.model
    def _watch(self, flow, watched, instances, tokens):
        """Note which records would wake the tokens that wait before a transition (2.9)."""
        for edge_id, places in watched.items():
            places = [(instances.get(i, i), tokens.get(t, t)) for i, t in places]
            self.env.cr.execute(
                "DELETE FROM workflow_trigger WHERE transition_id = %s AND workitem_id = ANY(%s)",
                [edge_id, [token for _instance, token in places]],
            )
            rows = []
            for (instance, token), found in self._values_of(edge_id, "trigger_expr", places):
                rows += [(id_, instance, token) for id_ in _ids_of(found)]
            if rows:
                ids, of, by = zip(*rows, strict=True)
                self.env["workflow.store"]._insert(
                    "workflow_trigger",
                    Columns(
                        {
                            "res_id": ("int", list(ids)),
                            "instance_id": ("int", list(of)),
                            "workitem_id": ("int", list(by)),
                            "transition_id": ("int", [edge_id] * len(rows)),
                            "model": (
                                "varchar",
                                [self._edge(edge_id)[1].trigger_model] * len(rows),
                            ),
                        }
                    ),
                )

    @api.model
    def _edge(self, edge_id):
        """Return (graph, transition)."""
        version = self.env["workflow.transition"].sudo().browse(edge_id).version_id
        graph = version._graph_of(version.id)
        return graph, graph.arrows[edge_id]

    @api.model
    def _values_of(self, edge_id, what, places):
        """Evaluate an expression of a transition for tokens that wait before it.

        :param what: ``trigger_expr``, or ``moment`` of a timer
        :param places: [(instance, token)]
        :returns: [((instance, token), value)]
        """
        graph, edge = self._edge(edge_id)
        text = edge.timer.delay.partition(" ")[2] if what == "moment" else edge.trigger_expr
        res_ids = self._record_ids([instance for instance, _token in places])
        env = self._environment(self.env.uid)
        records = {one.id: one for one in env[graph.model].browse(res_ids.values())}
        values = []
        for place in places:
            record = records[res_ids[place[0]]]
            try:
                value = self._evaluate_lines(
                    text, record, lambda place=place: self._names_at(place)
                )
            except Exception as exc:  # noqa: BLE001 - an author's expression may raise anything
                self._reraise(exc, TransitionError, graph.place(edge))
            values.append((place, value))
        return values

    @api.model
    def _names_at(self, place):
        instance = self.env["workflow.instance"].sudo().browse(place[0])
        token = self.env["workflow.workitem"].sudo().browse(place[1])
        return {"workflow": instance.wkf_id, "instance": instance, "token": token}

    # -- timers ---------------------------------------------------------------------------------

    @api.model
    def _arm(self, flow, visits, instances, tokens):
        """Set timers, as tasks: one statement per transition and moment."""
        now = fields.Datetime.now()
        by_edge = {}
        for one in visits:
            place = instances.get(one.instance, one.instance), tokens.get(one.token, one.token)
            by_edge.setdefault(one.transition, []).append((place, one.number))
        for edge_id, found in by_edge.items():
            delays = self._delays(edge_id, [place for place, _number in found], now)
            groups = {}
            for (place, number), delay in zip(found, delays, strict=True):
                if delay is not None:
                    groups.setdefault((number, delay), []).append(place[1])
            for (number, delay), ids in groups.items():
                self._enqueue_timers(edge_id, number, delay, ids)

    @api.model
    def _enqueue_timers(self, edge_id, number, delay, tokens):
        system = self.env(user=SUPERUSER_ID, su=True, context={})
        system["server.action.task"]._enqueue(
            system.ref("workflow_engine.workflow_timer_action"),
            system["workflow.workitem"].browse(tokens),
            delay_seconds=delay,
            idempotency_key=f"workflow:{edge_id}:{number}",
            origin={"kind": "workflow", "model": "workflow.transition", "id": edge_id},
        )

    @api.model
    def _delays(self, edge_id, places, now):
        """Return the seconds until a timer is due for each place, None where it is not set."""
        _graph, edge = self._edge(edge_id)
        if edge.timer.delay.startswith("date"):
            values = self._values_of(edge_id, "moment", places)
            return [_seconds_until(value, now) for _place, value in values]
        _kind, number, unit, *calendar = edge.timer.delay.split()
        seconds = float(number) * _SECONDS[unit]
        if calendar:
            planned = self._plan(int(calendar[0]), float(number), unit, now)
            if planned:
                seconds = (planned - now).total_seconds()
        return [max(0.0, seconds)] * len(places)

    @api.model
    def _plan(self, calendar_id, number, unit, now):
        """Return the moment (naive UTC) after so much working time, None if there is none."""
        calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
        if unit in ("days", "weeks"):
            days = number * (_days_of_week(calendar) if unit == "weeks" else 1)
            plan = DuePlan(round(days), "day", working=True)
        else:
            plan = DuePlan(round(number * _SECONDS[unit] / 60), "minutes", working=True)
        return plan.moment(now, zone_of(calendar.tz), Calendars().of(calendar))

    @api.model
    def _timers_due(self, workitems):
        """Take the transitions whose time has come. The tasks that say so are being run."""
        rows = self.env.execute_query(
            SQL(
                "SELECT w.inst_id, w.id, t.idempotency_key FROM server_action_task t "
                "JOIN workflow_workitem w ON w.id = t.res_id "
                "WHERE t.model = 'workflow.workitem' AND t.state = 'started' "
                "AND t.res_id = ANY(%s) AND t.idempotency_key LIKE 'workflow:%%' ORDER BY t.id",
                workitems.ids,
            )
        )
        events = []
        for instance, token, key in rows:
            _workflow, edge, number, _token = key.split(":")
            events.append(Due(instance, token, int(number), int(edge)))
        alive = self._with_record(dict.fromkeys(event.instance for event in events))
        due = [event for event in events if event.instance in alive]
        self._run_unasked(due, Actor(SUPERUSER_ID, is_superuser=True))


class ServerActionTask(models.Model):
    _inherit = "server.action.task"

    _workflow_timer_idx = models.Index(
        "(res_id) WHERE model = 'workflow.workitem' AND state IN ('pending', 'started')"
    )

    @api.model
    def _cancel_timers(self, workitems):
        """Cancel the timers of workitems that have moved on.

        One that is running is locked by its lane: it finds that its visit is over.
        """
        self.env.cr.execute(
            """
            UPDATE server_action_task
               SET state = 'cancelled', finished_at = clock_timestamp() AT TIME ZONE 'UTC'
             WHERE id IN (SELECT id FROM server_action_task
                           WHERE model = 'workflow.workitem' AND state IN ('pending', 'started')
                             AND state = 'pending' AND res_id = ANY(%s)
                             FOR UPDATE SKIP LOCKED)
            """,
            [workitems],
        )
        self.invalidate_model(["state", "finished_at"], flush=False)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _is_task_divisible(self, _seen=()):
        # The code of timers asks the tasks themselves what each of them means.
        timer = self.env.ref("workflow_engine.workflow_timer_action", raise_if_not_found=False)
        return self == timer or super()._is_task_divisible(_seen)


def _days_of_week(calendar):
    """Return how many days of a week are worked, on average if two weeks take turns."""
    hours = calendar.attendance_ids.filtered(lambda one: not one.display_type)
    days = {(one.week_type, one.dayofweek) for one in hours}
    # Without fixed hours every day counts.
    return len(days) / (2 if calendar.two_weeks_calendar else 1) or 7


def _seconds_until(value, now):
    if not value:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, datetime.min.time())
    if not isinstance(value, datetime):
        value = fields.Datetime.to_datetime(value)
    return max(timedelta(), value - now).total_seconds()
