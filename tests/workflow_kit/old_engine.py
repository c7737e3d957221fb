"""The old engine, written a second time from its description: one instance at a time, by recursion.

Nothing is shared with the core but the graph. Where both agree on random definitions, the profile
``openerp`` is what the description says. Sections are those of the specification.
"""

from dataclasses import dataclass, field


@dataclass
class OldToken:
    activity: object
    state: str = "active"
    child: object = None
    alive: bool = True


@dataclass
class OldInstance:
    id: int
    graph: object
    res_id: int
    state: str = "active"
    tokens: list = field(default_factory=list)
    marks: set = field(default_factory=set)
    results: tuple = ()


class EndlessError(Exception):
    """It would have recursed until Python stops it."""


class OldEngine:
    """``ask(kind, key, instance)`` answers questions and does what actions do."""

    def __init__(self, graphs, ask):
        self.graphs = {graph.definition: graph for graph in graphs}
        self.ask = ask
        self.instances = []
        self.steps = []
        """Activities run by each event under way, the outermost first."""

    # From outside, or from an action

    def event(self, method, *args):
        """Bring an event; the limits are those of the new engine (R2)."""
        if len(self.steps) >= 32:
            raise EndlessError
        self.steps.append(0)
        try:
            return method(*args)
        finally:
            self.steps.pop()

    # 2.4

    def create(self, definition, res_id):
        graph = self.graphs[definition]
        inst = OldInstance(len(self.instances) + 1, graph, res_id)
        self.instances.append(inst)
        for activity in graph.activities:
            if activity.flow_start:
                token = OldToken(activity)
                inst.tokens.append(token)
                self.process(inst, token, "active", "")
        self.update(inst)
        return inst

    def update(self, inst):
        for token, state in [(token, token.state) for token in inst.tokens]:
            self.process(inst, token, state, "")
        self.end_test(inst)

    def validate(self, inst, signal, force=False):
        for token in list(inst.tokens):
            if token.alive:
                self.process(inst, token, token.state, signal, force)
        self.end_test(inst)

    def signal(self, inst, signal):
        if inst.state == "active":
            self.validate(inst, signal)

    def step(self, inst):
        if inst.state == "active":
            self.update(inst)

    def end_test(self, inst):
        if any(one.state != "complete" or not one.activity.flow_stop for one in inst.tokens):
            return
        inst.state = "complete"
        inst.results = tuple(dict.fromkeys(one.activity.name for one in inst.tokens))
        for parent in self.waiting(inst):
            for token in parent.tokens:
                if token.child is inst:
                    token.state = "complete" if token.state == "running" else token.state
            for name in inst.results:
                if parent.state == "active":
                    self.validate(parent, f"subflow.{name}")

    def waiting(self, inst):
        return [one for one in self.instances if any(token.child is inst for token in one.tokens)]

    # 2.5

    def process(self, inst, token, state, signal, force=False):
        if state == "active":
            if not self.execute(inst, token):
                return
            state = token.state
        if state == "complete" or (force and state == "running"):
            self.split(inst, token, signal)

    def execute(self, inst, token):
        activity = token.activity
        self.steps[-1] += 1
        if self.steps[-1] > inst.graph.step_limit:
            raise EndlessError
        if activity.kind == "dummy":
            token.state = "complete"
            if activity.action_id is not None:
                self.ask("action", activity.name, inst)
        elif activity.kind == "subflow":
            if not self.subflow(inst, token):
                return False
        else:
            token.state = "running"
            if activity.kind == "stopall":
                self.stop_others(inst, token)
            if activity.code or (activity.kind == "function" and activity.action_id is not None):
                self.ask("action", activity.name, inst)
            token.state = "complete"
        if activity.signal_send:
            for parent in self.waiting(inst):
                if parent.state == "active":
                    self.validate(parent, activity.signal_send, force=True)
        return True

    def stop_others(self, inst, token):
        for other in inst.tokens:
            if other is not token:
                other.alive = False
        inst.tokens = [one for one in inst.tokens if one is token]

    def subflow(self, inst, token):
        token.state = "running"
        if token.activity.code:
            found = self.ask("child", token.activity.name, inst)
            if found is None:
                self.remove(inst, token)
                return False
            child = self.instances[found - 1]
        else:
            child = self.create(token.activity.subflow, inst.res_id)
        token.child = child
        if child.state == "complete":
            token.state = "complete"
        return True

    def remove(self, inst, token):
        token.alive = False
        inst.tokens = [one for one in inst.tokens if one is not token]

    # 2.6

    def split(self, inst, token, signal):
        edges = [one for one in inst.graph.transitions if one.source == token.activity.id]
        edges.sort(key=lambda one: (one.sequence, one.id))
        mode, chosen = token.activity.split_mode, []
        if mode == "AND":
            # A signal that does not fit is seen before any condition is asked.
            fits = all(one.signal in ("", signal) for one in edges)
            if fits and all(self.passes(inst, one, signal) for one in edges):
                chosen = [one for one in edges if one.id not in inst.marks]
        else:
            for one in edges:
                if not (chosen and mode == "XOR") and self.passes(inst, one, signal):
                    chosen.append(one)
        if chosen:
            inst.marks |= {one.id for one in chosen}
            self.remove(inst, token)
            for one in chosen:
                self.join(inst, one)

    def passes(self, inst, edge, signal):
        if edge.signal not in ("", signal):
            return False
        return not edge.condition or self.ask("condition", edge.key, inst)

    # 2.7

    def join(self, inst, edge):
        target = next(one for one in inst.graph.activities if one.id == edge.target)
        if target.join_mode == "XOR":
            self.enter(inst, target)
            inst.marks.discard(edge.id)
            return
        arrows = {one.id for one in inst.graph.transitions if one.target == target.id}
        if arrows <= inst.marks:
            inst.marks -= arrows
            self.enter(inst, target)

    def enter(self, inst, activity):
        token = OldToken(activity)
        inst.tokens.append(token)
        self.process(inst, token, "active", "")
