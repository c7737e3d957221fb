"""The known defects B1 to B16: what the profile ``openerp`` keeps, what ``strict`` does instead."""

import ast

import pure_addons
import pytest
from workflow_kit.caller import Caller
from workflow_kit.notation import flow

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer
from workflow_engine.core.errors import ActivityError
from workflow_engine.core.questions import AskCondition
from workflow_engine.core.requests import Load
from workflow_engine.core.session import Session
from workflow_engine.core.validation import problems
from workflow_engine.core.version import check_unchanged, fingerprint

FUNCTION = {"kind": "function", "code": "x"}
SUBFLOW = {"kind": "subflow", "subflow": 2}
FOUND = {**SUBFLOW, "code": "x"}
CORE = pure_addons.ROOT / "workflow_engine" / "core"

both = pytest.mark.parametrize("profile", [STRICT, OPENERP])


def per_profile(strict, openerp):
    """Run a test once per profile with what is expected there."""
    return pytest.mark.parametrize(
        ("profile", "expected"), [(STRICT, strict), (OPENERP, openerp)], ids=[STRICT, OPENERP]
    )


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
    caller = Caller(flow(text, profile, a="OR", k={"kind": "stopall"}))
    one = caller.start()
    caller.conditions.update({"b>k": True, "c>d": True})
    caller.step(one)
    assert caller.where(one) == expected


@both
def test_b2_a_signal_does_not(profile):
    """The issue's example: only the stopall is left, the instance is complete, d never entered."""
    text = "a* -> b; a -> c; b -cancel-> k!; c -cancel-> d"
    caller = Caller(flow(text, profile, a="OR", k={"kind": "stopall"}, d=FUNCTION))
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
    caller = Caller(flow("a* -> j!; b -> j", profile, j={"join_mode": "AND"}))
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
        s="AND", j={"join_mode": "AND"},
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


@per_profile(strict=["b:running", "c"], openerp=["c", "d"])
def test_b8_signal_send_and_another_running_token(profile, expected):
    caller = Caller(
        flow("s* -> a; s -> b; a -sent-> c; b -> d", profile, s="OR", a=SUBFLOW, b=FOUND),
        flow("x* -go-> y; y -more-> z!", profile, version=2, y={"signal_send": "sent"}),
    )
    caller.children["b"] = caller.start(2, 99)
    parent = caller.start()
    caller.signal(caller.tokens(parent)[0].child, "go")
    assert caller.where(parent) == expected


@per_profile(strict={}, openerp={"a>j": 1})
def test_b9_marks_after_a_stopall(profile, expected):
    caller = Caller(
        flow("a* -> j; a -> b; b -kill-> k; k -> w; w -go-> j", profile, a="OR",
             j={"join_mode": "AND"}, k={"kind": "stopall"})
    )  # fmt: skip
    one = caller.start()
    caller.signal(one, "kill")
    assert caller.marks(one) == expected
    caller.signal(one, "go")
    # The later join fires early, from a mark of what the stopall had ended.
    assert caller.where(one) == (["j"] if profile == OPENERP else [])


@both
def test_b10_no_recursion(profile):
    """An honest chain of hundreds of steps, across parents and children, too."""
    text = "; ".join(f"n{i} -> n{i + 1}" for i in range(700))
    caller = Caller(
        flow(f"n0*; {text}", profile, n350=SUBFLOW), flow("x* -> y!", profile, version=2)
    )
    assert caller.where(caller.start()) == ["n700"]


@both
def test_b11_locks_come_first(profile):
    caller = Caller(flow("a* -go->? b", profile))
    one = caller.start()
    caller.requests.clear()
    caller.signal(one, "go")
    assert isinstance(caller.requests[0], Load)
    assert caller.requests[0].lock


@both
def test_b12_every_hop_and_every_refusal_is_logged_with_who_and_why(profile):
    caller = Caller(flow("a* -go-> b; b ->? c!", profile))
    one = caller.start()
    caller.signal(one, "go")
    caller.signal(one, "go")
    caller.conditions["b>c"] = True
    caller.step(one)
    assert caller.log(one) == [
        ("start", "a", "start"),
        ("move", "a>b", "signal"),
        ("refused", "", "no_token"),
        ("move", "b>c", "step"),
        ("finish", "", ""),
    ]
    assert {row.uid for row in caller.store.log} == {7}


@both
def test_b12_a_running_instance_stays_on_its_version(profile):
    old = flow("a* -go-> b!", profile)
    caller = Caller(old)
    one = caller.start()
    new = flow("a* -go-> x; x -go-> y!", profile, version=2)
    object.__setattr__(new, "definition", 1)
    caller.store.publish(new)
    caller.signal(one, "go")
    assert caller.where(one) == ["b"]
    check_unchanged(old, fingerprint(old))


@both
def test_b13_without_events_nothing_is_asked(profile):
    caller = Caller(flow("a*", profile))
    assert list(Session(caller.store).run([], None)) == []


@both
def test_b13_a_step_that_finds_nothing_stores_nothing(profile):
    caller = Caller(flow("a* ->? b", profile))
    one = caller.start()
    caller.requests.clear()
    caller.step(one)
    assert [type(request) for request in caller.requests] == [Load, AskCondition]


WATCHED = {"a>b": {"trigger_model": "m", "trigger_expr": "x"}}


@per_profile(strict=1, openerp=3)
def test_b14_one_look_per_trigger_row(profile, expected):
    caller = Caller(flow("a* ->? b", profile, edges=WATCHED))
    one = caller.start()
    caller.requests.clear()
    caller.trigger(one, times=3)
    assert caller.count(AskCondition) == expected


@per_profile(strict=["a"], openerp=["b"])
def test_b14_a_trigger_on_a_complete_instance(profile, expected):
    caller = Caller(flow("a*! ->? b", profile, edges=WATCHED))
    one = caller.start()
    assert caller.state(one) == "complete"
    caller.conditions["a>b"] = True
    caller.trigger(one)
    assert caller.where(one) == expected


@per_profile(strict=True, openerp=False)
def test_b14_triggers_are_renewed(profile, expected):
    caller = Caller(flow("a* ->? b", profile, edges=WATCHED))
    one = caller.start()
    assert caller.store.watches
    caller.store.watches.clear()
    caller.step(one)
    assert bool(caller.store.watches) is expected


@per_profile(strict="error", openerp="warning")
def test_b15_a_server_action_of_another_model(profile, expected):
    graph = flow("a*!", profile, a={"action_id": 5, "action_model": "sale.order"})
    assert [one.severity for one in problems(graph) if one.code == "other_model"] == [expected]


def test_b16_the_core_evaluates_nothing():
    """Conditions, code and expressions are opaque to it; nor does it look at a clock or a die."""
    forbidden = {"eval", "exec", "compile", "__import__", "getattr_static", "open", "input"}
    modules = {"time", "datetime", "random", "os", "importlib", "builtins", "pickle"}
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in forbidden, path
            if isinstance(node, ast.Import):
                assert not {one.name.partition(".")[0] for one in node.names} & modules, path
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module.partition(".")[0] not in modules, path


@both
def test_timers_are_no_part_of_a_split(profile):
    """A transition with a timer never passes by itself, in either profile."""
    caller = Caller(
        flow("a* -> b; a -> late", profile, a="AND", edges={"a>late": {"timer": Timer("1 h")}})
    )
    assert caller.where(caller.start()) == ["b"]
