"""The profile ``openerp`` does what the description says, on random definitions."""

import contextlib
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.caller import Caller
from workflow_kit.old_engine import EndlessError, OldEngine
from workflow_kit.strategies import SIGNALS, Oracle, graphs

from workflow_engine.core.constants import OPENERP
from workflow_engine.core.errors import StepLimitError


@contextlib.contextmanager
def deep_recursion():
    """The old engine recurses for every step; the core needs no such help."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + 20_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


events = st.lists(st.sampled_from(["step", *SIGNALS]), max_size=5)
#: Those that subflows with code find.
RECORDS = (8, 9)
#: What an action does to its own instance, by chance: mostly nothing.
NESTED = {0: "step", 1: "step", 2: "go"}


@st.composite
def families(draw):
    """A definition, and one that it may start."""
    child = draw(graphs(profile=OPENERP, version=2))
    return [draw(graphs(profile=OPENERP, version=1, subflows=(2,))), child]


def with_the_core(family, steps, seed):
    oracle = Oracle(seed)
    caller = Caller(*family)

    def condition(_caller, work):
        return oracle("condition", caller.request.transition.key, caller.stored(work)) < 60

    def action(_caller, work):
        name = caller.request.activity.name
        nested = NESTED.get(oracle("action", name, work.instance) // 8)
        if nested == "step":
            caller.step(work.instance)
        elif nested:
            caller.signal(work.instance, nested)

    def child(_caller, work):
        value = oracle("child", caller.request.activity.name, work.instance)
        return [None, *shared][value % 3]

    caller.children = {one.name: child for one in family[0].activities}
    caller.conditions = {edge.key: condition for graph in family for edge in graph.transitions}
    caller.actions = {one.name: action for graph in family for one in graph.activities}
    shared = [caller.start(2, number) for number in RECORDS]
    one = caller.start(1)
    for event in steps:
        if event == "step":
            caller.step(one)
        else:
            caller.signal(one, event)
    found = {
        row.id: (
            row.state,
            row.results,
            [(caller.name(t.activity), t.state, t.child) for t in caller.tokens(row.id)],
            sorted(caller.marks(row.id)),
        )
        for row in caller.store.instances.values()
    }
    return found, oracle.asked


def by_the_description(family, steps, seed):
    oracle = Oracle(seed)
    engine = OldEngine(family, None)

    def ask(kind, key, inst):
        value = oracle(kind, key, inst.id)
        if kind == "child":
            return [None, *shared][value % 3]
        if kind == "condition":
            return value < 60
        nested = NESTED.get(value // 8)
        if nested == "step":
            engine.event(engine.step, inst)
        elif nested:
            engine.event(engine.signal, inst, nested)
        return None

    engine.ask = ask
    shared = [engine.event(engine.create, 2, number).id for number in RECORDS]
    one = engine.event(engine.create, 1, 1)
    for event in steps:
        if event == "step":
            engine.event(engine.step, one)
        else:
            engine.event(engine.signal, one, event)
    keys = {edge.id: edge.key for graph in family for edge in graph.transitions}
    joins = {
        edge.id
        for graph in family
        for edge in graph.transitions
        if graph.nodes[edge.target].is_join
    }
    found = {
        inst.id: (
            inst.state,
            inst.results,
            [(t.activity.name, t.state, t.child and t.child.id) for t in inst.tokens],
            sorted(keys[mark] for mark in inst.marks & joins),
        )
        for inst in engine.instances
    }
    return found, oracle.asked


@settings(max_examples=250)
@given(families(), events, st.integers(0, 10**6))
def test_core_and_description_agree(family, steps, seed):
    """Tokens, states, marks, and every question and action in the same order."""
    assert outcome(with_the_core, family, steps, seed) == outcome(
        by_the_description, family, steps, seed
    )


def outcome(engine, *args):
    try:
        with deep_recursion():
            return engine(*args)
    except (EndlessError, StepLimitError):
        return "endless"
