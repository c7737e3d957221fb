"""Many events in one call come to the same as one after the other, and the same every time."""

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.scripted import Scripted
from workflow_kit.strategies import SIGNALS, graphs

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.events import Signal, Start, Step

profiles = st.sampled_from([STRICT, OPENERP])


@st.composite
def families(draw, profile):
    """A definition, and one whose instances it starts or finds."""
    simple = {"splits": ("XOR", "OR"), "policies": ("collapse", "count")}
    return [
        draw(graphs(profile=profile, version=1, subflows=(2,), **simple)),
        draw(graphs(profile=profile, version=2)),
    ]


def events_for(kinds, instances):
    made = {"step": Step, "go": lambda one: Signal(one, "go"), "ok": lambda one: Signal(one, "ok")}
    return [made[kind](one) for kind, one in zip(kinds, instances, strict=False)]


def outcomes(found):
    return [(one.accepted, one.deferred, one.refusal, one.results) for one in found]


def play(family, kinds, seed, *, at_once, nested=True):
    """Start instances, then bring one event to each, in one call or one by one."""
    caller = Scripted(family, seed, nested=nested)
    told = []
    try:
        early, late = [[caller.start(2, record) for record in range(n, n + 3)] for n in (100, 200)]
        caller.shared = early
        starts = [Start(1, "m", number) for number in range(3)]
        made = run(caller, starts, at_once)
        told += outcomes(made)
        # What is found from now on gets no events of its own: see the tests on links below.
        caller.shared = late
        instances = mixed([one.instance for one in made], early, seed)
        for some in kinds:
            told += outcomes(run(caller, events_for(some, instances), at_once))
    except StepLimitError:
        return "endless"
    return caller.picture(), told, by_instance(caller.oracle.asked)


def mixed(parents, children, seed):
    """Return them in an order of the seed's, a few twice."""
    both = [*parents, *children, *parents[:1], *children[:1]]
    # By place, not by id: in one call ids are given in another order.
    order = [hashlib.md5(f"{seed}/{place}".encode()).digest() for place in range(len(both))]
    return [one for _key, one in sorted(zip(order, both, strict=True))]


def run(caller, events, at_once):
    if at_once:
        return caller.run(events)
    return [outcome for event in events for outcome in caller.run([event])]


def by_instance(asked):
    """Return what was asked about each instance, in order."""
    found = {}
    for kind, key, who in asked:
        found.setdefault(who, []).append((kind, key))
    return found


some_kinds = st.lists(
    st.lists(st.sampled_from(["step", *SIGNALS]), min_size=6, max_size=6), min_size=1, max_size=3
)


@settings(max_examples=120)
@given(st.data(), profiles, some_kinds, st.integers(0, 10**6))
def test_one_call_for_all_is_like_one_call_for_each(data, profile, kinds, seed):
    """Tokens, marks, logs, outcomes, and per instance all questions and actions in order."""
    family = data.draw(families(profile))
    one_by_one = play(family, kinds, seed, at_once=False)
    assert play(family, kinds, seed, at_once=True) == one_by_one


@settings(max_examples=40)
@given(st.data(), profiles, some_kinds, st.integers(0, 10**6))
def test_the_same_events_give_the_same_result(data, profile, kinds, seed):
    family = data.draw(families(profile))
    first = play(family, kinds, seed, at_once=True)
    assert play(family, kinds, seed, at_once=True) == first
