"""Timers, jumps, redirects, state values, nested calls: what happens beside signals."""

import pytest
from workflow_kit.caller import Apply, Caller
from workflow_kit.notation import FUNCTION, JOIN, SUBFLOW, flow
from workflow_kit.profiles import both

from workflow_engine.core.definition import Timer
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.events import Signal
from workflow_engine.core.questions import AskCondition

LATE = {"wait>late": {"timer": Timer("48 hours")}}
BESIDE = {"wait>late": {"timer": Timer("48 hours", interrupting=False)}}


@both
def test_a_timer_moves_the_token(profile):
    caller = Caller(flow("wait* -ok-> done!; wait -> late!", profile, edges=LATE))
    one = caller.start()
    (timer,) = caller.store.timers
    assert (timer.token, timer.instance) == (caller.tokens(one)[0].id, one)
    assert caller.due(timer).accepted
    assert caller.where(one) == ["late"]
    assert caller.log(one)[-2] == ("move", "wait>late", "timer")
    assert not caller.store.timers


@both
def test_a_timer_of_a_token_that_has_left_does_nothing(profile):
    """After ``ok`` the row of the token is somewhere else, under the same id."""
    caller = Caller(flow("wait* -ok-> done; wait -> late!", profile, edges=LATE))
    one = caller.start()
    (timer,) = caller.store.timers
    caller.signal(one, "ok")
    assert not caller.store.timers
    outcome = caller.due(timer)
    assert (outcome.accepted, outcome.refusal.reason) == (False, "no_token")
    assert caller.where(one) == ["done"]


@both
def test_a_timer_of_an_earlier_visit_does_nothing(profile):
    caller = Caller(flow("wait* -ok-> done; done -back-> wait; wait -> late!", profile, edges=LATE))
    one = caller.start()
    (first,) = caller.store.timers
    caller.signal(one, "ok")
    caller.signal(one, "back")
    (second,) = caller.store.timers
    assert (first.token, first.number) != (second.token, second.number)
    caller.due(first)
    assert caller.where(one) == ["wait"]
    caller.due(second)
    assert caller.where(one) == ["late"]


@both
def test_a_timer_beside_adds_a_token_and_is_not_armed_again(profile):
    caller = Caller(flow("wait* -ok-> done!; wait -> late!", profile, edges=BESIDE))
    one = caller.start()
    (timer,) = caller.store.timers
    caller.due(timer)
    caller.step(one)
    assert caller.where(one) == ["wait", "late"]
    assert caller.store.timers == [timer]
    caller.signal(one, "ok")
    assert caller.state(one) == "complete"


@both
def test_a_timer_is_not_armed_where_a_token_only_passes(profile):
    caller = Caller(flow("wait* -> done!; wait -> late!", profile, edges=LATE))
    caller.start()
    assert caller.store.timers == []


@both
def test_a_timer_asks_its_condition(profile):
    caller = Caller(flow("wait* -ok-> done!; wait ->? late!", profile, edges=LATE))
    one = caller.start()
    (timer,) = caller.store.timers
    assert caller.due(timer).refusal.reason == "condition"
    caller.conditions["wait>late"] = True
    caller.due(timer)
    assert caller.where(one) == ["late"]


@both
def test_a_timer_on_a_subflow_lets_the_token_go_without_the_child(profile):
    caller = Caller(
        flow("wait* -> done!; wait -> late!", profile, wait=SUBFLOW, edges=LATE),
        flow("x* -go-> y!", profile, version=2),
    )
    one = caller.start()
    child = caller.tokens(one)[0].child
    caller.due(caller.store.timers[0])
    assert (caller.where(one), caller.state(child)) == (["late"], "active")
    caller.signal(child, "go")
    assert (caller.where(one), caller.state(child)) == (["late"], "complete")


@both
def test_a_jump_replaces_all_tokens(profile):
    text = "s* -> a; s -> b; a -> j; b -x-> j; c -go-> d!"
    caller = Caller(flow(text, profile, s="OR", j=JOIN, c=FUNCTION))
    one = caller.start()
    caller.jump(one, "c")
    assert (caller.where(one), caller.marks(one), caller.names_run()) == (["c"], {}, ["c"])
    assert caller.log(one)[-2:] == [("kill", "b", "jump"), ("jump", "c", "jump")]
    assert caller.store.log[-1].detail == "a reason"


@both
@pytest.mark.parametrize("state", ["complete", "incident"])
def test_a_jump_revives_what_has_ended(profile, state):
    text = "a*! -go-> b!" if state == "complete" else "a* -> j; b -go-> j"
    join = {"j": {"join_mode": "AND"}} if state == "incident" else {}
    caller = Caller(flow(text, profile, **join))
    one = caller.start()
    caller.jump(one, "b")
    assert caller.where(one) == ["b"]
    assert caller.state(one) == ("complete" if state == "complete" else "active")


@both
@pytest.mark.parametrize(("cancel", "state"), [(True, "cancelled"), (False, "active")])
def test_a_jump_may_cancel_children(profile, cancel, state):
    caller = Caller(flow("a* -> b!; b -> c", profile, a=SUBFLOW), flow("x*", profile, version=2))
    one = caller.start()
    child = caller.tokens(one)[0].child
    caller.jump(one, "c", cancel_children=cancel)
    assert (caller.where(one), caller.state(child)) == (["c"], state)


@both
def test_redirect_moves_those_that_wait(profile):
    found = {**SUBFLOW, "code": "x"}
    caller = Caller(
        flow("a* -subflow.y-> b!", profile, a=found), flow("x* -go-> y!", profile, version=2)
    )
    old, new = caller.start(2, 1), caller.start(2, 2)
    caller.children["a"] = old
    parent = caller.start()
    assert caller.redirect(old, new).accepted
    caller.signal(old, "go")
    assert caller.where(parent) == ["a:running"]
    caller.signal(new, "go")
    assert caller.where(parent) == ["b"]
    assert caller.redirect(new, 99).refusal.reason == "no_instance"


@both
def test_the_state_of_the_record_is_that_of_the_activity_entered_last(profile):
    caller = Caller(
        flow("a* -go-> b; b -> c; c -> d", profile, a={"state_value": "draft"},
             b={"state_value": "sent"}, c={"state_value": "open"})
    )  # fmt: skip
    one = caller.start()
    assert caller.store.states == {one: "draft"}
    caller.requests.clear()
    caller.signal(one, "go")
    assert caller.store.states == {one: "open"}
    written = [one.changes.states for one in caller.requests if isinstance(one, Apply)]
    assert written == [{1003: [one]}]


@both
def test_the_state_is_written_before_a_condition_can_see_it(profile):
    caller = Caller(
        flow("a* -go-> b; b ->? c", profile, b={"state_value": "sent"}),
        conditions={"b>c": lambda caller, work: caller.store.states.get(work.instance) == "sent"},
    )
    one = caller.start()
    caller.signal(one, "go")
    assert caller.where(one) == ["c"]


@both
def test_actions_see_everything_stored(profile):
    seen = []
    caller = Caller(
        flow("a* -> b; b -> c", profile, b=FUNCTION),
        actions={"b": lambda caller, work: seen.append((work, caller.where(work.instance)))},
    )
    one = caller.start()
    ((work, where),) = seen
    assert (work.instance, work.token > 0, where) == (one, True, ["b:running"])


def test_a_token_that_moves_keeps_its_row():
    caller = Caller(flow("a* -go-> b; b -> c; c -> d"))
    one = caller.start()
    before = caller.tokens(one)[0]
    caller.requests.clear()
    caller.signal(one, "go")
    after = caller.tokens(one)[0]
    assert (after.id, after.number) == (before.id, before.number + 3)
    changes = caller.requests[-1].changes
    assert (len(changes.tokens_updated), changes.tokens_created, changes.tokens_deleted) == (
        1,
        [],
        [],
    )
    assert [row.event for row in changes.log] == ["move"] * 3


def test_a_condition_can_have_new_rows_stored_on_demand():
    seen = []

    def condition(caller, work):
        seen.append((work.instance, caller.where(caller.stored(work))))
        return True

    caller = Caller(flow("a* ->? b"), conditions={"a>b": condition})
    one = caller.start()
    assert seen == [(seen[0][0], ["a"])]
    assert seen[0][0] < 0 < one
    assert caller.where(one) == ["b"]


def test_actions_that_call_each_other_without_end_are_stopped():
    """Each one starts an instance whose action does the same; Python's limit is not reached."""
    caller = Caller(
        flow("a* -go-> b", b=FUNCTION),
        actions={"b": lambda caller, work: caller.signal(caller.start(), "go") and None},
    )
    one = caller.start()
    with pytest.raises(StepLimitError, match="inside each other, 32 deep"):
        caller.signal(one, "go")


def test_each_instance_of_a_batch_gets_its_own_answer():
    caller = Caller(
        flow("a* -go->? b; a -go-> c"), conditions={"a>b": lambda caller, work: work.res_id % 2}
    )
    ids = [caller.start(1, number) for number in range(6)]
    caller.requests.clear()
    caller.run([Signal(one, "go") for one in ids])
    assert [caller.where(one) for one in ids] == [["c"], ["b"]] * 3
    assert caller.count(AskCondition) == 1
