"""The known defects B1 to B7: what the profile ``openerp`` keeps, what ``strict`` does instead."""

import pytest
from workflow_kit.caller import Caller
from workflow_kit.notation import FOUND, FUNCTION, JOIN, STOPALL, SUBFLOW, flow
from workflow_kit.profiles import both, per_profile

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.errors import ActivityError
from workflow_engine.core.validation import problems


@per_profile(strict=["b"], openerp=["b", "b"])
def test_b1_a_dummy_whose_action_writes_on_its_own_record(profile, expected):
    caller = Caller(
        flow("a* -> b", profile, a={"action_id": 5}),
        actions={"a": lambda caller, work: caller.step(work.instance) and None},
    )
    assert caller.where(caller.start()) == expected


@per_profile(strict=["k"], openerp=["k", "d"])
def test_b2_a_step_processes_a_token_that_a_stopall_removed(profile, expected):
    text = "a* -> b; a -> c; b ->? k; c ->? d"
    caller = Caller(flow(text, profile, a="OR", k=STOPALL))
    one = caller.start()
    caller.conditions.update({"b>k": True, "c>d": True})
    caller.step(one)
    assert caller.where(one) == expected


@both
def test_b2_a_signal_does_not(profile):
    """The issue's example: only the stopall is left, the instance is complete, d never entered."""
    text = "a* -> b; a -> c; b -cancel-> k!; c -cancel-> d"
    caller = Caller(flow(text, profile, a="OR", k=STOPALL, d=FUNCTION))
    one = caller.start()
    caller.signal(one, "cancel")
    assert (caller.where(one), caller.state(one), caller.names_run()) == (["k"], "complete", [])


@both
def test_b3_no_client_action_is_lost(profile):
    caller = Caller(
        flow("a* -> b; a -> c; b -go-> d; c -go-> e", profile, a="OR", d=FUNCTION, e=FUNCTION),
        actions={"d": lambda *_: "one", "e": lambda *_: "two"},
    )
    assert caller.signal(caller.start(), "go").results == ["one", "two"]


@per_profile(strict=["b"], openerp=["a"])
def test_b4_a_child_that_finishes_at_once(profile, expected):
    caller = Caller(
        flow("a* -subflow.paid-> b!", profile, a=SUBFLOW), flow("x* -> paid!", profile, version=2)
    )
    assert caller.where(caller.start()) == expected


@per_profile(strict=["b"], openerp=["a:running"])
def test_b4_a_signal_sent_at_once(profile, expected):
    caller = Caller(
        flow("a* -sent-> b!", profile, a=SUBFLOW),
        flow("x* -> y; y -go-> z!", profile, version=2, y={"signal_send": "sent"}),
    )
    assert caller.where(caller.start()) == expected


@both
def test_b5_a_subflow_on_the_same_record(profile):
    caller = Caller(flow("a* -> b!", profile, a=SUBFLOW), flow("x* -go-> y!", profile, version=2))
    parent = caller.start(1, 42)
    child = caller.store.instances[caller.tokens(parent)[0].child]
    assert (child.res_type, child.res_id, child.graph) == ("res.partner", 42, 2)
    caller.signal(child.id, "go")
    assert caller.state(parent) == "complete"


@per_profile(strict="incident", openerp="complete")
def test_b6_an_instance_without_tokens(profile, expected):
    """Both branches end in a join that waits for a third."""
    caller = Caller(flow("a* -> j!; b -> j", profile, j=JOIN))
    one = caller.start()
    assert (caller.where(one), caller.state(one)) == ([], expected)
    messages = [trouble.message for trouble in caller.store.troubles]
    assert messages == (
        ["no token is left, and no stop activity was reached; joins that wait: j"]
        if profile == STRICT
        else []
    )


def test_b6_a_branch_that_dies_is_an_error_in_strict():
    caller = Caller(flow("a* -> b!", a=FOUND), flow("x*", version=2))
    with pytest.raises(ActivityError, match="named no record"):
        caller.start()


def test_b6_a_branch_that_dies_is_silent_in_openerp():
    caller = Caller(flow("s* -> a; s -> w; a -> b!", OPENERP, s="OR", a=FOUND),
                    flow("x*", OPENERP, version=2))  # fmt: skip
    assert caller.where(caller.start()) == ["w"]


@per_profile(strict=("complete", ["b"]), openerp=("active", ["a"]))
def test_b6_who_waits_for_a_child_that_ends_without_result(profile, expected):
    """The child is complete before, without a name to tell: a plain step in strict (R6)."""
    caller = Caller(flow("a* -> b!", profile, a=FOUND), flow("x* -go->? y", profile, version=2))
    caller.children["a"] = child = caller.start(2)
    parent = caller.start()
    # What a migration may bring: complete, and no result recorded.
    caller.store.tokens = {
        k: row for k, row in caller.store.tokens.items() if row.instance != child
    }
    if profile == OPENERP:
        caller.step(child)
    else:
        row = caller.store.instances[child]
        caller.store.instances[child] = row._replace(state="complete")
        caller.redirect(child, child)
    assert (caller.state(parent), caller.where(parent)) == expected


@per_profile(strict="a:error", openerp="a:running")
def test_b6_who_waits_for_a_deleted_child(profile, expected):
    caller = Caller(flow("a* -> b!", profile, a=SUBFLOW), flow("x*", profile, version=2))
    parent = caller.start()
    caller.delete(caller.tokens(parent)[0].child)
    assert caller.where(parent) == [expected]
    assert caller.tokens(parent)[0].child is None


@both
def test_b7_a_join_that_a_choice_can_avoid_waits_and_publishing_warns(profile):
    graph = flow(
        "s* -> a; s -> b; a ->? j; a -> x; b -> j; j -> e!; x -> e", profile,
        s="AND", j=JOIN,
    )  # fmt: skip
    assert Caller(graph).where(Caller(graph).start()) == []
    warning = next(one for one in problems(graph) if one.code == "join_may_wait")
    assert warning.place == "flow 1, transition a → j"
    assert "choice at a can avoid it" in warning.message


@both
def test_b7_an_and_split_with_two_signals_is_never_left_and_publishing_warns(profile):
    graph = flow("a* -x-> b; a -y-> c", profile, a="AND")
    caller = Caller(graph)
    one = caller.start()
    assert {caller.signal(one, name).refusal.reason for name in "xy"} == {"split"}
    assert "and_split_signals" in {one.code for one in problems(graph)}
