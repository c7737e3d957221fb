"""A caller of the core, as the models will be one: rows in memory, answers from the test."""

import contextlib
import copy

from workflow_engine.core.events import (
    Actor,
    Delete,
    Due,
    Jump,
    Redirect,
    Retry,
    Signal,
    Start,
    Step,
    Trigger,
)  # fmt: skip
from workflow_engine.core.memory import MemoryStore
from workflow_engine.core.questions import AskCondition, AskRole, Failure, FindChild
from workflow_engine.core.requests import Apply, Load
from workflow_engine.core.session import Session

USER = Actor(7)


def check(store, changes):
    """Make sure that changes fit the rows they are about, and are needed."""
    touched = [*(row.id for row in changes.tokens_updated), *changes.tokens_deleted]
    assert len(touched) == len(set(touched))
    for one in [*touched, *changes.unwatched, *changes.disarmed, *changes.resolved]:
        assert one in store.tokens
    for row in changes.tokens_updated:
        assert store.tokens[row.id] != row
    for row in changes.instances_updated:
        assert store.instances[row.id] != row
    for pair in changes.marks_cleared:
        assert pair in store.marks
    for mark in changes.marks_set:
        assert store.marks.get((mark.instance, mark.transition)) != mark.times
    for row in [*changes.instances_created, *changes.tokens_created]:
        assert row.id < 0


class BrokenActionError(Exception):
    """What an action of a test raises to fail."""


class Caller:
    """Performs requests. Each call from outside gets a session of its own, as a transaction does.

    ``conditions``: transition key → truth, or a function of (caller, work)
    ``actions``: activity name → function of (caller, work); its value is the client action
    ``children``: subflow name → function of (caller, work) giving an instance, None or a Failure
    ``roles``: users who hold dynamic roles
    """

    def __init__(self, *graphs, conditions=None, actions=None, children=None, roles=()):
        self.store = MemoryStore(graphs)
        self.conditions = conditions or {}
        self.actions = actions or {}
        self.children = children or {}
        self.roles = set(roles)
        self.requests = []
        """Every request, in order, as it was when it was asked."""
        self.ran = []
        """(activity name, instance) of every action."""
        self.request = None
        """The request that is being performed."""
        self.unanswered = None
        """Name of a class of requests that get no answer."""
        self.careful = True
        """Whether an action may fail."""
        self._session = None

    # Events

    def start(self, version=1, res_id=1, actor=USER):
        """Create an instance and return its id."""
        return self.run([Start(version, "res.partner", res_id)], actor)[0].instance

    def signal(self, instance, name, actor=USER):
        return self.run([Signal(instance, name)], actor)[0]

    def step(self, instance, actor=USER):
        return self.run([Step(instance)], actor)[0]

    def trigger(self, instance, times=1, actor=USER):
        return self.run([Trigger(instance)] * times, actor)[0]

    def due(self, timer, actor=USER):
        return self.run([Due(timer.instance, timer.token, timer.number, timer.transition)], actor)[
            0
        ]

    def retry(self, instance, token, actor=USER):
        return self.run([Retry(instance, token)], actor)[0]

    def delete(self, instance, actor=USER):
        return self.run([Delete(instance)], actor)[0]

    def redirect(self, old, new, actor=USER):
        return self.run([Redirect(old, new)], actor)[0]

    def jump(self, instance, name, *, cancel_children=False, actor=USER):
        graph = self.store.graphs[self.store.instances[instance].graph]
        activity = next(one.id for one in graph.activities if one.name == name)
        return self.run([Jump(instance, activity, "a reason", cancel_children)], actor)[0]

    def run(self, events, actor=USER):
        """Handle events; inside an action, in the session of the action."""
        outer = self._session
        self._session = outer or Session(self.store)
        try:
            run = self._session.run(events, actor)
            for request in run:
                self.perform(request)
            return run.outcomes
        finally:
            self._session = outer

    def look(self, *instances, actor=USER):
        """Return the available signals by instance."""
        look = (self._session or Session(self.store)).look(instances, actor)
        for request in look:
            self.perform(request)
        return look.signals

    # Requests

    def perform(self, request):
        self.requests.append(copy.copy(request))
        outer, self.request = self.request, request
        try:
            if type(request).__name__ == self.unanswered:
                return
            if isinstance(request, Apply):
                check(self.store, request.changes)
            if not self.store.perform(request):
                self.answer(request)
        finally:
            self.request = outer

    def answer(self, request):
        if isinstance(request, AskCondition):
            answer = self.conditions.get(request.transition.key, False)
            found = {
                w.instance: answer(self, w) if callable(answer) else answer for w in request.works
            }
            failures = {one: value for one, value in found.items() if isinstance(value, Failure)}
            request.answer([one for one, value in found.items() if value], failures)
        elif isinstance(request, AskRole):
            request.answer([w.instance for w in request.works if request.actor.uid in self.roles])
        elif isinstance(request, FindChild):
            children = {w.instance: self.child(request, w) for w in request.works}
            failures = {k: v for k, v in children.items() if isinstance(v, Failure)}
            request.answer(children, failures)
        else:
            self.act(request)

    def child(self, request, work):
        found = self.children.get(request.activity.name)
        return found(self, work) if callable(found) else found

    def act(self, request):
        """Run an action per instance; what fails is undone, in the rows and in the session."""
        results, failures = {}, {}
        for work in request.works:
            self.ran.append((request.activity.name, work.instance))
            action = self.actions.get(request.activity.name)
            try:
                with self.savepoint() if action and self.careful else contextlib.nullcontext():
                    results[work.instance] = action(self, work) if action else None
            except BrokenActionError as error:
                failures[work.instance] = Failure(str(error), error)
        request.answer(results, failures)

    def stored(self, work):
        """Return the id of an instance, storing it first if it is new; as conditions may need."""
        if work.instance < 0:
            changes = self._session.flush()
            if changes:
                self.store.perform(changes)
        return self._session.instance_id(work.instance)

    @contextlib.contextmanager
    def savepoint(self):
        """Undo rows and session together if something fails inside."""
        point = self._session.savepoint()
        rows = {name: copy.copy(value) for name, value in vars(self.store).items()}
        try:
            yield
        except Exception:
            self._session.rollback(point)
            self.store.__dict__.update(rows)
            raise

    # What there is

    def tokens(self, instance):
        """Return the stored tokens of an instance, the oldest first."""
        rows = [row for row in self.store.tokens.values() if row.instance == instance]
        return sorted(rows, key=lambda row: row.number)

    def where(self, instance):
        """Return the activities with tokens, the oldest first; states but complete are shown."""
        found = []
        for row in self.tokens(instance):
            name = self.name(row.activity)
            found.append(name if row.state == "complete" else f"{name}:{row.state}")
        return found

    def name(self, activity):
        nodes = (graph.nodes for graph in self.store.graphs.values())
        return next(one[activity].activity.name for one in nodes if activity in one)

    def key(self, transition):
        arrows = (graph.arrows for graph in self.store.graphs.values())
        return next(one[transition].key for one in arrows if transition in one)

    def state(self, instance):
        return self.store.instances[instance].state

    def marks(self, instance):
        return {self.key(e): n for (one, e), n in self.store.marks.items() if one == instance}

    def log(self, instance, *events):
        """Return the log of an instance as (event, activity or transition, reason)."""
        return [
            (row.event, self.key(row.transition) if row.transition else
             (self.name(row.activity) if row.activity else ""), row.reason)
            for row in self.store.log
            if row.instance == instance and (not events or row.event in events)
        ]  # fmt: skip

    def names_run(self):
        return [name for name, _instance in self.ran]

    def count(self, *kinds):
        """Return how many requests of these kinds were made."""
        return sum(isinstance(one, kinds or (object,)) for one in self.requests)


__all__ = ["USER", "Actor", "Apply", "BrokenActionError", "Caller", "Failure", "Load"]
