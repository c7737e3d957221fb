"""How often the caller is asked depends on definitions and paths, not on how many instances."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.caller import Apply, Caller, Load
from workflow_kit.notation import FUNCTION, SERVER, SUBFLOW, flow
from workflow_kit.profiles import both
from workflow_kit.scripted import Scripted
from workflow_kit.strategies import SIGNALS, Oracle, graphs

from workflow_engine.core.constants import OPENERP, OR, STRICT, XOR
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.events import Signal, Start, Step
from workflow_engine.core.questions import AskCondition, RunAction


def asked(caller):
    """Return how often each question was put."""
    return Counter(
        (type(one).__name__, one.transition.id if isinstance(one, AskCondition) else
         getattr(getattr(one, "activity", None), "id", None))
        for one in caller.requests
    )  # fmt: skip


def for_many(caller, count, *events):
    """Start instances in one call, then bring each event to all of them, in one call each."""
    made = caller.run([Start(1, "m", number) for number in range(count)])
    ids = [one.instance for one in made]
    for event in events:
        caller.requests.clear()
        caller.run([event(one) for one in ids])
    return ids


@both
@pytest.mark.parametrize("count", [1, 10, 500])
def test_one_hop_of_many_is_one_load_and_one_apply(profile, count):
    caller = Caller(flow("a* -go-> b", profile))
    for_many(caller, count, lambda one: Signal(one, "go"))
    assert [type(one) for one in caller.requests] == [Load, Apply]
    changes = caller.requests[-1].changes
    assert (len(changes.tokens_updated), len(changes.log)) == (count, count)


@both
@pytest.mark.parametrize("count", [2, 300])
def test_paths_of_different_lengths_meet_again(profile, count):
    """Odd records go the short way, and wait for the others where the ways meet."""
    text = "a* -go->? b; a -go-> c; b -> d; c -> x; x -> y; y -> z; z -> d; d ->? e"
    steps = dict.fromkeys("bcdexyz", FUNCTION)
    caller = Caller(
        flow(text, profile, **steps),
        conditions={"a>b": lambda caller, work: work.res_id % 2, "d>e": True},
    )
    ids = for_many(caller, count, lambda one: Signal(one, "go"))
    assert all(caller.where(one) == ["e"] for one in ids)
    actions = [one for one in caller.requests if isinstance(one, RunAction)]
    assert sorted(one.activity.name for one in actions) == sorted(steps)
    conditions = [one for one in caller.requests if isinstance(one, AskCondition)]
    assert [one.transition.key for one in conditions] == ["a>b", "d>e"]
    # Those that came later are not served later: the events' order is kept.
    meeting = next(one for one in actions if one.activity.name == "d")
    assert [work.instance for work in meeting.works] == ids


@both
def test_a_cycle_costs_one_round_per_lap_whoever_runs_it(profile):
    """Record n goes round n times; together they ask as often as the most persistent one."""
    laps = {}

    def again(caller, work):
        laps[work.instance] = laps.get(work.instance, 0) + 1
        return laps[work.instance] <= work.res_id

    caller = Caller(
        flow("a* -go-> b; b -> c; c ->? b; c -> d", profile, b=FUNCTION, c=FUNCTION),
        conditions={"c>b": again},
    )
    for_many(caller, 6, lambda one: Signal(one, "go"))
    assert asked(caller) == {
        ("Load", None): 1,
        ("RunAction", 1002): 6,
        ("RunAction", 1003): 6,
        ("AskCondition", 1_000_003): 6,
        ("Apply", None): 13,
    }


@both
def test_those_who_stay_do_not_hold_up_those_who_go_on(profile):
    """Record n stays twenty rounds at b on its lap n; nobody waits for it, so laps overlap."""
    count, rounds = 10, 20
    steps = {}

    def stays(caller, work):
        """Tell whether to stay at b: twenty times on one of the laps, never on the others."""
        lap, stayed = steps.setdefault(work.instance, [0, 0])
        if lap == work.res_id and stayed < rounds:
            steps[work.instance][1] += 1
            return True
        steps[work.instance][0] += 1
        return False

    caller = Caller(
        flow("a* -go-> b; b ->? b; b -> c; c ->? b", profile, b=FUNCTION, c=FUNCTION),
        conditions={"b>b": stays, "c>b": lambda caller, work: steps[work.instance][0] < count},
    )
    for_many(caller, count, lambda one: Signal(one, "go"))
    # Each record runs b thirty times and c ten times.
    assert caller.count(RunAction) <= 2 * (count + rounds)


@both
@pytest.mark.parametrize("count", [3, 200])
def test_children_are_started_and_tell_in_batches(profile, count):
    caller = Caller(
        flow("a* -go-> b; b -subflow.y-> c!", profile, b=SUBFLOW),
        flow("x* -end-> y!", profile, version=2, y=FUNCTION),
    )
    ids = for_many(caller, count, lambda one: Signal(one, "go"))
    assert asked(caller) == {("Load", None): 1, ("Apply", None): 1}
    caller.requests.clear()
    caller.run([Signal(caller.tokens(one)[0].child, "end") for one in ids])
    # The children, their parents, before the action, at the end.
    assert asked(caller) == {("Load", None): 2, ("Apply", None): 2, ("RunAction", 2002): 1}
    assert all(caller.state(one) == "complete" for one in ids)


@both
def test_siblings_take_their_own_steps_together(profile):
    """Only what they do to their common parent is one after the other."""
    found = {**SUBFLOW, "code": "x"}
    caller = Caller(
        flow("a* -sent-> b", profile, a=found),
        flow("x* -go-> y; y ->? z", profile, version=2, y={**FUNCTION, "signal_send": "late"}),
    )
    children = [caller.start(2, number) for number in range(100)]
    graph = flow("; ".join(f"n{i}*" for i in range(100)), profile, version=3,
                 **{f"n{i}": found for i in range(100)})  # fmt: skip
    caller.store.publish(graph)
    caller.children = {f"n{number}": one for number, one in enumerate(children)}
    caller.start(3)
    caller.requests.clear()
    caller.run([Signal(one, "go") for one in children])
    assert caller.count(RunAction) == 1
    assert caller.count(Load) == 2


@both
def test_a_step_of_instances_at_many_places_asks_each_place_once(profile):
    text = "; ".join(f"a -{n}-> n{n}; n{n} ->? end" for n in range(10))
    caller = Caller(flow(f"a*; {text}", profile, a="OR"))
    ids = [caller.start(1, number) for number in range(100)]
    for number, one in enumerate(ids):
        caller.signal(one, str(number % 10))
    caller.requests.clear()
    caller.run([Step(one) for one in ids])
    assert caller.count(AskCondition) == 10
    assert caller.count(Load) == 1


@both
def test_ways_out_are_asked_in_the_order_of_their_priority(profile):
    """Whatever their ids are: who leaves by the second way enters together with the others."""
    priorities = {"a>b": {"sequence": 2}, "a>b#2": {"sequence": 1}}
    ways = flow("a* ->? b; a ->? b", profile, edges=priorities, b=SERVER)
    odd = {"a>b": True, "a>b#2": lambda _caller, work: work.res_id % 2}
    caller = Caller(ways, conditions=odd)
    caller.run([Start(1, "m", number) for number in range(20)])
    assert (caller.count(AskCondition), caller.count(RunAction)) == (2, 1)


def acyclic(graph):
    """Keep arrows that lead forward, and one start."""
    return replace(
        graph,
        activities=tuple(
            replace(one, flow_start=number == 0) for number, one in enumerate(graph.activities)
        ),
        transitions=tuple(one for one in graph.transitions if one.source < one.target),
    )


@settings(max_examples=30)
@given(
    graphs(profile=STRICT, kinds=("dummy", "function"), splits=(XOR,), joins=(XOR,)).map(acyclic),
    st.sampled_from(["step", *SIGNALS]),
    st.integers(0, 10**6),
)
def test_without_cycles_each_question_is_put_once_per_event(graph, event, seed):
    caller = Scripted([graph], seed, nested=False)
    made = caller.run([Start(1, "m", number) for number in range(20)])
    caller.requests.clear()
    ids = [one.instance for one in made]
    caller.run([Step(one) if event == "step" else Signal(one, event) for one in ids])
    counts = {key: times for key, times in asked(caller).items() if key[1] is not None}
    assert set(counts.values()) <= {1}


@settings(max_examples=30)
@given(st.data(), st.sampled_from([STRICT, OPENERP]), st.integers(0, 10**6))
def test_ten_times_as_many_instances_ask_no_more(data, profile, seed):
    """Of records that come in four kinds, four ask as often as forty, cycles included."""
    family = [
        data.draw(graphs(profile=profile, version=1, subflows=(2,), splits=(XOR, OR))),
        data.draw(graphs(profile=profile, version=2)),
    ]
    steps = data.draw(st.lists(st.sampled_from(["step", *SIGNALS]), max_size=3))
    few, many = (requests_of(family, steps, seed, count) for count in (4, 40))
    # Equal instances move together up to their first question, so that what they did is stored
    # sooner or later than alone: a time more or less, never ten times.
    stored = [found.pop(("Apply", None), 0) for found in (few, many)]
    assert few == many
    assert max(stored) <= 2 * min(stored)


def requests_of(family, steps, seed, count):
    caller = Scripted(family, seed, nested=False)
    caller.oracle = Oracle(seed, period=4)
    try:
        caller.shared = [caller.start(2, 100)]
        made = caller.run([Start(1, "m", number) for number in range(count)])
        for step in steps:
            ids = [one.instance for one in made]
            caller.run([Step(one) if step == "step" else Signal(one, step) for one in ids])
    except StepLimitError:
        return Counter(endless=1)
    return asked(caller)
