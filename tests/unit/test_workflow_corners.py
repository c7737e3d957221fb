"""Corners that only few definitions have."""

import pytest
from workflow_kit.caller import BrokenActionError, Caller
from workflow_kit.notation import FOUND, FUNCTION, JOIN, STOPALL, SUBFLOW, flow
from workflow_kit.profiles import both, per_profile

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer
from workflow_engine.core.events import Signal
from workflow_engine.core.questions import AskCondition


@both
def test_a_record_that_is_deleted_in_the_middle_of_a_split(profile):
    """The second branch is not entered."""
    caller = Caller(
        flow("a* -go-> b; a -go-> c", profile, a="OR", b=FUNCTION, c=FUNCTION),
        actions={"b": lambda caller, work: caller.delete(work.instance) and None},
    )
    one = caller.start()
    outcome = caller.signal(one, "go")
    assert (outcome.accepted, caller.names_run()) == (True, ["b"])
    assert (caller.store.instances, caller.store.tokens) == ({}, {})


@both
def test_a_record_that_the_code_of_a_subflow_deletes(profile):
    def delete(caller, work):
        caller.delete(work.instance)

    caller = Caller(
        flow("a* -go-> b; b -> c", profile, b=FOUND, c=FUNCTION), children={"b": delete}
    )
    one = caller.start()
    caller.signal(one, "go")
    assert (caller.store.instances, caller.names_run()) == ({}, [])


@both
def test_an_action_may_return_something_although_it_deletes_its_record(profile):
    caller = Caller(
        flow("a* -go-> b", profile, b=FUNCTION),
        actions={"b": lambda caller, work: caller.delete(work.instance) and "close"},
    )
    assert caller.signal(caller.start(), "go").result == "close"


@per_profile(strict="complete", openerp="active")
def test_a_child_without_result_and_a_parent_that_is_at_its_end(profile, expected):
    """In the old profile nobody looks at the parent before its next event (B6)."""
    caller = Caller(
        flow("a*!", profile, a=FOUND), flow("x* -go-> j; y -no-> j", profile, version=2, j=JOIN)
    )
    caller.children["a"] = child = caller.start(2)
    parent = caller.start()
    caller.signal(child, "go")
    if profile == STRICT:
        assert caller.state(child) == "incident"
        caller.jump(child, "y")
        return
    assert (caller.state(child), caller.where(parent)) == ("complete", ["a"])
    assert caller.state(parent) == expected
    caller.step(parent)
    assert caller.state(parent) == "complete"


def test_a_result_for_a_token_that_has_been_stopped_is_for_nobody():
    """The child finishes at once, but a stopall comes before its result is delivered."""
    text = "s* -> a; s -> k; k -subflow.y-> wrong"
    caller = Caller(flow(text, s="OR", a=SUBFLOW, k=STOPALL), flow("x* -> y!", version=2))
    assert caller.where(caller.start()) == ["k"]


def test_a_parent_hears_its_children_in_the_order_of_their_events():
    """Even if the first child takes longer to get there."""
    long = "x* -go-> l1; l1 -> l2; l2 -> l3; l3 -> one!"
    parent = "s* -> a; s -> b; a -> a2; b -> b2"
    logs = []
    for at_once in (True, False):
        caller = Caller(
            flow(parent, s="OR", a=FOUND, b=FOUND, a2=FUNCTION, b2=FUNCTION),
            flow(long, version=2, l1=FUNCTION, l2=FUNCTION, l3=FUNCTION),
            flow("x* -go-> two!", version=3),
        )
        first, second = caller.start(2, 1), caller.start(3, 2)
        caller.children = {"a": first, "b": second}
        one = caller.start()
        events = [Signal(first, "go"), Signal(second, "go")]
        for some in [events] if at_once else [[event] for event in events]:
            caller.run(some)
        assert caller.names_run()[-2:] == ["a2", "b2"]
        logs.append(caller.log(one))
    assert logs[0] == logs[1]


@per_profile(strict={"a>j": 2}, openerp={"a>j": 2})
def test_an_and_split_crosses_a_counting_arrow_again(profile, expected):
    text = "a* -> j; a -> b; b -again-> a; c -> j"
    caller = Caller(flow(text, profile, a="AND", j={**JOIN, "mark_policy": "count"}))
    one = caller.start()
    caller.signal(one, "again")
    assert (caller.where(one), caller.marks(one)) == (["b"], expected)


@both
def test_an_and_split_does_not_cross_a_waiting_arrow_again(profile):
    """If all are marked, nothing happens (2.6)."""
    caller = Caller(flow("a* -> j; a -> b; b -again-> a; c -> j", profile, a="AND", j=JOIN))
    one = caller.start()
    caller.signal(one, "again")
    assert (caller.where(one), caller.marks(one)) == (["b"], {"a>j": 1})
    caller = Caller(flow("a* -> j; s* -late-> a; c -> j", profile, a="AND", j=JOIN))
    one = caller.start()
    caller.signal(one, "late")
    assert (caller.where(one), caller.marks(one)) == (["a"], {"a>j": 1})


def test_a_failed_activity_sends_no_signal():
    def broken(*_):
        raise BrokenActionError("no")

    caller = Caller(
        flow("a* -sent-> b", a=SUBFLOW),
        flow("x* -go-> y", version=2,
             y={**FUNCTION, "signal_send": "sent", "on_error": "incident"}),
        actions={"y": broken},
    )  # fmt: skip
    parent = caller.start()
    child = caller.tokens(parent)[0].child
    caller.signal(child, "go")
    assert caller.where(parent) == ["a:running"]
    caller.actions = {}
    caller.retry(child, caller.tokens(child)[0].id)
    assert caller.where(parent) == ["b"]


@both
def test_numbers_are_never_used_twice(profile):
    """The youngest token vanishes in a join; the next one must not look like it (timers)."""
    text = "s* -> a; s -> b; b -go-> j; a -next-> c; c -no-> j"
    caller = Caller(flow(text, profile, s="OR", j=JOIN))
    one = caller.start()
    caller.signal(one, "go")
    caller.signal(one, "next")
    numbers = [row.number for row in caller.store.log if row.event in ("start", "move")]
    assert sorted(set(numbers)) == sorted(numbers)


def test_a_child_that_acts_and_finishes_at_once_finds_its_new_parent():
    """Both got their stored ids in between."""
    caller = Caller(flow("a* -subflow.y-> b!", a=SUBFLOW), flow("x* -> y!", version=2, x=FUNCTION))
    assert caller.where(caller.start()) == ["b"]


def test_no_instance_is_twice_in_one_request():
    """A child found by one event ends by another: both ask the parent the same question."""
    text = "s* -go-> a; s -go-> b; b ->? c; a -subflow.y-> c2"
    caller = Caller(
        flow(text, OPENERP, s="OR", a=FOUND),
        flow("x* -go-> w; w ->? y!", OPENERP, version=2),
        conditions={"w>y": True},
    )
    caller.children["a"] = child = caller.start(2)
    parent = caller.start()
    caller.run([Signal(parent, "go"), Signal(child, "go")])
    asked = [
        [work.instance for work in request.works]
        for request in caller.requests
        if isinstance(request, AskCondition) and request.transition.key == "b>c"
    ]
    assert asked[-2:] == [[parent], [parent]]


@pytest.mark.parametrize("merges", [True, False])
def test_a_timer_beside_may_lead_to_a_join(merges):
    text = "w* -> j; w -ok-> j; x -> j" if merges else "w* -ok-> j; w -> j"
    key = "w>j" if merges else "w>j#2"
    edges = {key: {"timer": Timer("1 h", interrupting=False)}}
    caller = Caller(flow(text, j=JOIN, edges=edges))
    one = caller.start()
    (timer,) = caller.store.timers
    caller.due(timer)
    assert caller.marks(one) == {key: 1}
    caller.due(timer)
    assert [event for event, *_ in caller.log(one)][-1] == "merge"
    caller.signal(one, "ok")
    assert caller.where(one) == ([] if merges else ["j"])
