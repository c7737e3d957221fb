"""The known defects B8 to B16: what the profile ``openerp`` keeps, what ``strict`` does instead."""

import ast

import pure_addons
from workflow_kit.caller import Caller
from workflow_kit.notation import FOUND, JOIN, STOPALL, SUBFLOW, flow
from workflow_kit.profiles import both, per_profile

from workflow_engine.core.constants import OPENERP
from workflow_engine.core.definition import Timer
from workflow_engine.core.questions import AskCondition
from workflow_engine.core.requests import Load
from workflow_engine.core.session import Session
from workflow_engine.core.validation import problems
from workflow_engine.core.version import check_unchanged, fingerprint

CORE = pure_addons.ROOT / "workflow_engine" / "core"


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
             j=JOIN, k=STOPALL)
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
