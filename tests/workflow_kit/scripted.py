"""A caller that answers by chance, the same in whatever order it is asked."""

from workflow_kit.caller import Caller
from workflow_kit.strategies import Oracle

#: What an action does to its own instance, by chance: mostly nothing.
NESTED = {0: "step", 1: "go"}


class Scripted(Caller):
    """Answers by an oracle that does not see in which order it is asked."""

    def __init__(self, family, seed, *, nested=True):
        super().__init__(*family)
        self.oracle = Oracle(seed)
        self.nested = nested
        self.careful = False
        self.last = family[-1].id
        self.conditions = {one.key: type(self).condition for g in family for one in g.transitions}
        self.actions = {one.name: type(self).action for g in family for one in g.activities}
        self.children = {one.name: type(self).found for g in family for one in g.activities}
        self.shared = []
        """Instances that subflows with code find."""

    def who(self, work):
        """Name an instance by its record and its place among the instances of the record."""
        one = self.stored(work)
        same = [row.id for row in self.store.instances.values() if row.res_id == work.res_id]
        return work.res_id, sorted(same).index(one)

    def condition(self, work):
        return self.oracle("condition", self.request.transition.key, self.who(work)) < 60

    def action(self, work):
        value = self.oracle("action", self.request.activity.name, self.who(work))
        nested = NESTED.get(value // 10) if self.nested else None
        if nested == "step":
            self.step(work.instance)
        elif nested:
            self.signal(work.instance, nested)
        return value if value % 3 else None

    def found(self, work):
        value = self.oracle("child", self.request.activity.name, self.who(work))
        return self.shared[value % len(self.shared)]

    def picture(self):
        """Return all there is, without ids that depend on the order of creation."""
        rows = sorted(self.store.instances.values(), key=lambda row: (row.res_id, row.id))
        index = {row.id: number for number, row in enumerate(rows)}
        return [
            (
                (row.res_id, row.graph, row.state, row.results),
                [
                    (t.activity, t.state, t.number, t.child and index[t.child])
                    for t in self.tokens(row.id)
                ],
                self.marks(row.id),
                [one._replace(instance=0) for one in self.store.log if one.instance == row.id],
                sorted(one[1:] for one in self.store.watches if one[0] == row.id),
            )
            for row in rows
        ]


def play_one(caller, steps):
    """Start one instance beside two that can be found, and bring it events."""
    caller.shared = [caller.start(caller.last, record) for record in (8, 9)]
    one = caller.start(1, 1)
    for step in steps:
        if step == "step":
            caller.step(one)
        else:
            caller.signal(one, step)
    return caller
