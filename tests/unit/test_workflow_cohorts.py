"""Of equal instances one runs for all: the others have to end up as if each had run for itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.caller import Apply, Caller, Load
from workflow_kit.notation import FUNCTION, JOIN, STOPALL, flow
from workflow_kit.scripted import Scripted
from workflow_kit.strategies import SIGNALS, Oracle, graphs

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.events import Delete, Due, Redirect, Signal, Start, Step
from workflow_engine.core.session import Session

both = pytest.mark.parametrize("profile", [STRICT, OPENERP])
MANY = 9


def touched(session):
    """Return the instances that had to be looked at one by one."""
    return set(session._world.cases)


def run(caller, events):
    """Handle events in one session; return (outcomes, session)."""
    session = Session(caller.store)
    caller._session = session
    try:
        return caller.run(events), session
    finally:
        caller._session = None


def started(caller, count=MANY):
    return [one.instance for one in caller.run([Start(1, "m", n) for n in range(count)])]


@both
def test_one_runs_for_all(profile):
    caller = Caller(flow("a* -go-> b; b -> c!", profile))
    ids = started(caller)
    outcomes, session = run(caller, [Signal(one, "go") for one in ids])
    assert len(touched(session)) == 1
    assert all(one.accepted and not one.refusal for one in outcomes)
    assert [one.event.instance for one in outcomes] == ids
    for one in ids:
        assert (caller.where(one), caller.state(one)) == (["c"], "complete")
        assert [row.res_id for row in caller.store.log if row.instance == one] == [
            caller.store.instances[one].res_id
        ] * 4


@both
def test_refusals_are_everybody_s(profile):
    caller = Caller(flow("a* -go-> b!", profile))
    ids = started(caller)
    outcomes, session = run(caller, [Signal(one, "no") for one in ids])
    assert len(touched(session)) == 1
    assert {one.refusal.reason for one in outcomes} == {"no_token"}
    assert all(caller.log(one, "refused") == [("refused", "", "no_token")] for one in ids)


@both
def test_timers_move_together_and_end_together(profile):
    edges = {"a>b": {"timer": Timer("delay 1 days")}, "b>d": {"timer": Timer("delay 2 days")}}
    caller = Caller(flow("a* -> b; a -ok-> c!; b -> d!", profile, edges=edges))
    ids = started(caller)
    timers = list(caller.store.timers)
    dues = [Due(one.instance, one.token, one.number, one.transition) for one in timers]
    outcomes, session = run(caller, dues[:6])
    assert len(touched(session)) == 1 and all(one.accepted for one in outcomes)
    run(caller, [Signal(one, "ok") for one in ids[6:]])
    assert [caller.where(one) for one in ids] == [["b"]] * 6 + [["c"]] * 3
    # Those that moved have the next timer, the others none.
    assert sorted(one.instance for one in caller.store.timers) == ids[:6]
    assert {one.transition for one in caller.store.timers} != {timers[0].transition}


@both
@pytest.mark.parametrize("what", ["acts", "asks", "splits", "joins"])
def test_what_cannot_be_copied_runs_for_each(profile, what):
    text, more = {
        "acts": ("a* -go-> b!", {"b": FUNCTION}),
        "asks": ("a* -go->? b!", {}),
        "splits": ("a* -go-> b!; a -go-> c!", {"a": "AND"}),
        "joins": ("a* -go-> b; a -go-> c; b -> d!; c -ok-> d", {"a": "AND", "d": JOIN}),
    }[what]
    caller = Caller(flow(text, profile, **more), conditions={"a>b": True})
    ids = started(caller)
    _outcomes, session = run(caller, [Signal(one, "go") for one in ids])
    assert touched(session) == set(ids)
    assert len({tuple(caller.where(one)) for one in ids}) == 1
    if what == "acts":
        assert [one for _name, one in caller.ran] == ids
    # The first one waits for the others: what is done together is stored together.
    assert caller.count(Apply) <= 1 + {"acts": 2}.get(what, 1)


def test_one_stopall_for_all():
    caller = Caller(flow("a* -> b; a -> c; b -cancel-> k!; c -x-> d", a="OR", k=STOPALL))
    ids = started(caller)
    _outcomes, session = run(caller, [Signal(one, "cancel") for one in ids])
    assert len(touched(session)) == 1
    assert all(caller.where(one) == ["k"] for one in ids)
    assert len(caller.store.tokens) == len(ids)


def test_who_is_addressed_twice_or_linked_runs_alone():
    caller = Caller(flow("a* -go-> b; b -go-> c!"))
    ids = started(caller)
    events = [Signal(one, "go") for one in [*ids, ids[0]]] + [Redirect(ids[1], ids[2])]
    _outcomes, session = run(caller, events)
    assert {*ids[:3]} <= touched(session)
    assert [caller.where(one) for one in ids] == [["c"], *[["b"]] * (MANY - 1)]


def test_a_nested_event_finds_what_was_copied():
    """Whoever follows in the same session sees the copied rows, not those it has loaded."""
    caller = Caller(flow("a* -go-> b; b -go-> c!; c -go-> d"))
    ids = started(caller)
    _outcomes, session = run(caller, [Signal(one, "go") for one in ids])
    loads = caller.count(Load)
    caller._session = session
    caller.signal(ids[5], "go")
    caller.delete(ids[6])
    caller._session = None
    assert caller.count(Load) == loads
    assert caller.where(ids[5]) == ["c"] and ids[6] not in caller.store.instances
    assert caller.where(ids[4]) == ["b"]


def test_a_savepoint_brings_back_what_was_copied():
    caller = Caller(flow("a* -go-> b; b -go-> c!"))
    ids = started(caller)
    outcomes, session = run(caller, [Step(one) for one in ids])
    caller._session = session
    with pytest.raises(ZeroDivisionError), caller.savepoint():
        caller.run([Signal(one, "go") for one in ids])
        raise ZeroDivisionError
    caller.run([Signal(one, "go") for one in ids])
    caller._session = None
    assert all(caller.where(one) == ["b"] for one in ids)


@st.composite
def plays(draw):
    profile = draw(st.sampled_from([STRICT, OPENERP]))
    graph = draw(graphs(profile=profile, version=1))
    kinds = st.sampled_from(["step", "delete", *SIGNALS])
    return graph, draw(st.lists(st.tuples(kinds, st.integers(1, MANY)), min_size=1, max_size=5))


def play(graph, steps, seed, *, at_once):
    """Bring the same event to some of many instances, in one call or one by one."""
    caller = Scripted([graph], seed, nested=False)
    # Everybody gets the same answers, so that they stay equal for a while.
    caller.oracle = Oracle(seed, period=1)
    told = []
    try:
        ids = [caller.start(1, number) for number in range(MANY)]
        for kind, some in steps:
            make = {"step": Step, "delete": Delete}.get(kind) or (lambda i, k=kind: Signal(i, k))
            events = [make(one) for one in ids[:some]]
            found = caller.run(events) if at_once else [caller.run([e])[0] for e in events]
            told += [(one.accepted, one.refusal, one.results) for one in found]
    except StepLimitError:
        return "endless"
    return caller.picture(), told


@settings(max_examples=300)
@given(plays(), st.integers(0, 20))
def test_equal_instances_agree_with_one_after_the_other(played, seed):
    graph, steps = played
    together = play(graph, steps, seed, at_once=True)
    assert together == play(graph, steps, seed, at_once=False)
