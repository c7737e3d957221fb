"""Rules of the strict profile, R6 to R9: children and what a stopall leaves."""

import pytest
from workflow_kit.caller import Caller
from workflow_kit.notation import JOIN, STOPALL, SUBFLOW, flow

from workflow_engine.core.definition import Timer

# R6: children


@pytest.mark.parametrize(
    ("child", "signal"),
    [
        pytest.param("x* -> paid!", None, id="at once"),
        pytest.param("x* -go-> paid!", "go", id="later"),
    ],
)
def test_r6_the_result_reaches_the_parent(child, signal):
    text = "a* -subflow.paid-> b!; a -subflow.lost-> c; a -> d"
    caller = Caller(flow(text, a=SUBFLOW), flow(child, version=2))
    parent = caller.start()
    if signal:
        assert caller.where(parent) == ["a:running"]
        caller.signal(caller.tokens(parent)[0].child, signal)
    assert (caller.where(parent), caller.state(parent)) == (["b"], "complete")


def test_r6_each_result_is_delivered_to_all_tokens():
    text = "s* -> a; s -> w; a -subflow.one-> b; w -subflow.two-> v"
    caller = Caller(flow(text, s="OR", a=SUBFLOW), flow("x* -> one!; x -> two!", version=2, x="OR"))
    assert caller.where(caller.start()) == ["b", "v"]


def test_r6_a_found_child_that_was_complete_before_still_tells():
    caller = Caller(
        flow("a* -subflow.y-> b!; a -> c", a={**SUBFLOW, "code": "x"}),
        flow("x* -> y!", version=2),
    )
    child = caller.start(2)
    caller.children["a"] = child
    assert caller.where(caller.start()) == ["b"]


def test_r6_several_parents_wait_for_one_child():
    caller = Caller(
        flow("a* -subflow.y-> b!", a={**SUBFLOW, "code": "x"}), flow("x* -go-> y!", version=2)
    )
    caller.children["a"] = child = caller.start(2)
    parents = [caller.start(1, record) for record in (1, 2)]
    caller.signal(child, "go")
    assert [caller.state(one) for one in parents] == ["complete", "complete"]


# R7: signal_send


def parent_and_child(**child):
    text = "s* -> a; s -> b; s -> w; a -sent-> c; b -> d; w -sent-> v"
    found = {**SUBFLOW, "code": "x"}
    caller = Caller(
        flow(text, s="OR", a=SUBFLOW, b=found),
        flow("x* -go-> y; y -more-> z!", version=2, y={"signal_send": "sent", **child}),
    )
    caller.children["b"] = caller.start(2, 99)
    parent = caller.start()
    caller.signal(next(t.child for t in caller.tokens(parent) if t.child), "go")
    return caller.where(parent)


@pytest.mark.parametrize(
    ("broadcast", "expected"),
    [(False, ["b:running", "w", "c"]), (True, ["b:running", "c", "v"])],
)
def test_r7_only_who_waits_is_forced_others_hear_it_if_ticked(broadcast, expected):
    assert parent_and_child(signal_broadcast=broadcast) == expected


# R8: stopall and completion leave nothing behind


def test_r8_stopall_clears_marks_timers_and_triggers():
    text = "a* -> j; a -> w; a -> v; w -wait-> w2; v -kill-> k; k -back-> a; v -> j"
    edges = {"w>w2": {"trigger_model": "m", "trigger_expr": "x"}, "v>j": {"timer": Timer("1 h")}}
    caller = Caller(flow(text, a="OR", j=JOIN, k=STOPALL, edges=edges))
    one = caller.start()
    assert caller.marks(one)
    assert caller.store.watches
    assert caller.store.timers
    caller.signal(one, "kill")
    assert caller.where(one) == ["k"]
    assert not caller.marks(one)
    assert not caller.store.watches
    assert not caller.store.timers


def test_r8_stopall_ends_branches_that_have_not_arrived_yet():
    caller = Caller(flow("a* -> k!; a -> b", a="OR", k=STOPALL))
    one = caller.start()
    assert (caller.where(one), caller.state(one)) == (["k"], "complete")
    assert ("drop", "a>b", "") in caller.log(one)


def test_r8_completion_clears_marks():
    caller = Caller(flow("a* -> j; a -> b!; c -> j", a="OR", j=JOIN))
    one = caller.start()
    assert (caller.state(one), caller.marks(one)) == ("complete", {})


@pytest.mark.parametrize(("cancel", "state"), [(True, "cancelled"), (False, "active")])
def test_r8_children_are_cancelled_if_asked_with_those_below(cancel, state):
    caller = Caller(
        flow("s* -> a; s -> b; b -kill-> k!", s="OR", a=SUBFLOW,
             k={"kind": "stopall", "cancel_children": cancel}),
        flow("x*", version=2, x={"kind": "subflow", "subflow": 3}),
        flow("y*", version=3),
    )  # fmt: skip
    parent = caller.start()
    child = caller.tokens(parent)[0].child
    grandchild = caller.tokens(child)[0].child
    caller.signal(parent, "kill")
    assert [caller.state(one) for one in (parent, child, grandchild)] == ["complete", state, state]


def test_r8_a_child_somebody_else_waits_for_is_not_cancelled():
    found = {**SUBFLOW, "code": "x"}
    caller = Caller(
        flow("s* -> a; s -> b; b -kill-> k!", s="OR", a=found,
             k={"kind": "stopall", "cancel_children": True}),
        flow("x*", version=2),
    )  # fmt: skip
    caller.children["a"] = child = caller.start(2)
    one, _other = caller.start(1, 1), caller.start(1, 2)
    caller.signal(one, "kill")
    assert caller.state(child) == "active"


# R9: deleted children


def test_r9_who_waits_may_have_a_way_out():
    caller = Caller(
        flow("a* -subflow.deleted-> b!; a -> c", a=SUBFLOW), flow("x* -go-> y!", version=2)
    )
    parent = caller.start()
    caller.delete(caller.tokens(parent)[0].child)
    assert (caller.where(parent), caller.state(parent)) == (["b"], "complete")
    assert not caller.store.troubles


def test_r9_otherwise_a_person_has_to_look_and_can_start_a_new_child():
    caller = Caller(flow("a* -> c!", a=SUBFLOW), flow("x* -go-> y!", version=2))
    parent = caller.start()
    caller.delete(caller.tokens(parent)[0].child)
    assert caller.where(parent) == ["a:error"]
    assert "deleted" in caller.store.troubles[0].message
    caller.retry(parent, caller.tokens(parent)[0].id)
    assert (caller.where(parent), caller.store.troubles) == (["a:running"], [])
    caller.signal(caller.tokens(parent)[0].child, "go")
    assert caller.state(parent) == "complete"


def test_r9_deleting_a_child_that_has_finished_disturbs_nobody():
    caller = Caller(flow("a* -go-> c!", a=SUBFLOW), flow("x* -> y!", version=2))
    parent = caller.start()
    caller.delete(caller.tokens(parent)[0].child)
    assert (caller.where(parent), caller.store.troubles) == (["a"], [])
