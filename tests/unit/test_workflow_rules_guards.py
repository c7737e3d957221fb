"""Rules of the strict profile, R10 to R15: results, refusals, users, actions, triggers."""

import pytest
from workflow_kit.caller import Actor, Apply, BrokenActionError, Caller
from workflow_kit.notation import FUNCTION, SERVER, SUBFLOW, flow

from workflow_engine.core.errors import ActivityError
from workflow_engine.core.questions import RunAction
from workflow_engine.core.validation import problems

# R10 to R13


def test_r10_all_results_in_order_the_first_is_the_result():
    caller = Caller(
        flow("a* -go-> b; b -> c; c -> d", b=FUNCTION, c=FUNCTION, d=FUNCTION),
        actions={"b": lambda *_: None, "c": lambda *_: "one", "d": lambda *_: "two"},
    )
    outcome = caller.signal(caller.start(), "go")
    assert (outcome.result, outcome.results) == ("one", ["one", "two"])


@pytest.mark.parametrize(
    ("text", "fields", "true", "reason"),
    [
        pytest.param("a* -no-> b", {}, [], "no_token", id="no token"),
        pytest.param("a* -go->? b", {}, [], "condition", id="condition"),
        pytest.param("a* -go-> b", {"group_ids": frozenset({3})}, [], "role", id="group"),
        pytest.param("a* -go-> b", {"role_id": 3}, [], "role", id="role"),
        pytest.param("a* ->? b; a -go-> c", {}, ["a>b"], "priority", id="priority"),
        pytest.param("a*!", {}, [], "inactive", id="complete"),
    ],
)
def test_r11_a_refusal_says_why_and_is_logged(text, fields, true, reason):
    edges = {"a>b": fields} if fields else {}
    caller = Caller(flow(text, edges=edges))
    one = caller.start()
    caller.conditions = dict.fromkeys(true, True)
    outcome = caller.signal(one, "go")
    assert (outcome.accepted, outcome.refusal.reason) == (False, reason)
    assert caller.log(one, "refused") == [("refused", "", reason)]


def test_r11_more_reasons():
    caller = Caller(
        flow("a* -go-> b; a -other-> c", a="AND"), flow("a* -go-> b", version=2, a=SUBFLOW),
        flow("x*", version=3),
    )  # fmt: skip
    assert caller.signal(caller.start(), "go").refusal.reason == "split"
    caller.store.current[2] = 3
    assert caller.signal(caller.start(2), "go").refusal.reason == "busy"
    assert caller.signal(777, "go").refusal.reason == "no_instance"


def test_r11_the_transitions_that_would_have_taken_it_are_named():
    caller = Caller(flow("a* -go->? b; a -go-> c", edges={"a>c": {"group_ids": frozenset({1})}}))
    misses = caller.signal(caller.start(), "go").refusal.misses
    named = [(caller.key(edge), why) for edge, why in misses]
    assert named == [("a>b", "condition"), ("a>c", "role")]


@pytest.mark.parametrize(
    ("actor", "passes"),
    [
        pytest.param(Actor(7), False, id="nobody"),
        pytest.param(Actor(7, groups=frozenset({3, 9})), False, id="group only"),
        pytest.param(Actor(7, roles=frozenset({4})), False, id="role only"),
        pytest.param(
            Actor(7, groups=frozenset({3}), roles=frozenset({4})), True, id="group and role"
        ),
        pytest.param(Actor(1, is_superuser=True), True, id="superuser"),
    ],
)
def test_r12_groups_and_roles_of_the_real_user(actor, passes):
    edges = {"a>b": {"group_ids": frozenset({3, 5}), "role_id": 4}}
    caller = Caller(flow("a* -go-> b", edges=edges))
    assert caller.signal(caller.start(), "go", actor).accepted is passes


@pytest.mark.parametrize(("holders", "passes"), [((), False), ((7,), True)])
def test_r12_a_role_by_expression_is_asked(holders, passes):
    edges = {"a>b": {"role_id": 4, "role_is_dynamic": True}}
    caller = Caller(flow("a* -go-> b", edges=edges), roles=holders)
    assert caller.signal(caller.start(), "go").accepted is passes


@pytest.mark.parametrize(
    ("fields", "run"),
    [
        pytest.param({"kind": "function", **SERVER}, (False, True), id="function, server action"),
        pytest.param({**FUNCTION, **SERVER}, (True, True), id="function, both"),
        pytest.param({"kind": "stopall", **SERVER}, (False, True), id="stopall, server action"),
        pytest.param({"kind": "stopall", "code": "x"}, (True, False), id="stopall, code"),
        pytest.param({"code": "x", **SERVER}, (False, True), id="a dummy runs no code"),
    ],
)
def test_r13_what_an_activity_runs(fields, run):
    caller = Caller(flow("a*!", a=fields))
    caller.start()
    asked = [one for one in caller.requests if isinstance(one, RunAction)]
    assert [(one.run_code, one.run_server_action) for one in asked] == [run]


def test_r13_a_function_without_anything_just_passes():
    caller = Caller(flow("a* -> b!", a={"kind": "function"}))
    assert caller.state(caller.start()) == "complete"


def test_r14_a_server_action_of_another_model_cannot_be_published():
    action = {"action_id": 5, "action_model": "sale.order"}
    found = {one.code: one for one in problems(flow("a*!", model="res.partner", a=action))}
    assert found["other_model"].severity == "error"
    assert "sale.order" in found["other_model"].message


# R15: triggers

WATCHED = {"a>b": {"trigger_model": "m", "trigger_expr": "x"}}


def test_r15_triggers_are_renewed_each_time_a_token_does_not_leave():
    caller = Caller(flow("a* ->? b", edges=WATCHED))
    one = caller.start()
    caller.requests.clear()
    caller.step(one)
    watched = [apply.changes.watched for apply in caller.requests if isinstance(apply, Apply)]
    token = caller.tokens(one)[0].id
    assert watched == [{1_000_001: [(one, token)]}]


def test_r15_a_trigger_is_taken_once_per_instance():
    caller = Caller(flow("a* ->? b", edges=WATCHED))
    one = caller.start()
    caller.requests.clear()
    caller.trigger(one, times=4)
    assert [type(request).__name__ for request in caller.requests].count("AskCondition") == 1


def test_r15_a_trigger_lets_the_token_go():
    caller = Caller(flow("a* ->? b", edges=WATCHED))
    one = caller.start()
    caller.conditions["a>b"] = True
    caller.trigger(one)
    assert (caller.where(one), caller.store.watches) == (["b"], set())
    assert caller.log(one)[-1] == ("move", "a>b", "trigger")


def test_an_action_that_fails_undoes_the_whole_event():
    """a -[go]-> b, which writes and then raises: nothing of the chain remains."""

    def broken(caller, work):
        raise BrokenActionError("disk full")

    caller = Caller(flow("a* -go-> b; b -> c", b=FUNCTION), actions={"b": broken})
    one = caller.start()
    rows = dict(caller.store.tokens), list(caller.store.log)
    with pytest.raises(ActivityError, match="flow 1, activity b: disk full"):
        caller.signal(one, "go")
    # What was stored before the action is the caller's to roll back, with its transaction.
    assert rows[0].keys() == caller.store.tokens.keys()
