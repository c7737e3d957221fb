"""The rules of the strict profile, R1 to R15, as far as they are the core's."""

import pytest
from workflow_kit.caller import Actor, Apply, BrokenActionError, Caller, Load
from workflow_kit.notation import flow

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer
from workflow_engine.core.errors import ActivityError, StepLimitError
from workflow_engine.core.events import Signal
from workflow_engine.core.questions import RunAction
from workflow_engine.core.validation import problems

FUNCTION = {"kind": "function", "code": "x"}
SERVER = {"action_id": 5}
SUBFLOW = {"kind": "subflow", "subflow": 2}


# R1: the lock is the first thing, and what is read with it decides


def test_r1_instances_are_locked_before_anything_else_in_the_order_of_their_ids():
    caller = Caller(flow("a* -go->? b"))
    ids = [caller.start() for _ in range(3)]
    caller.requests.clear()
    caller.run([Signal(one, "go") for one in reversed(ids)])
    first = caller.requests[0]
    assert isinstance(first, Load)
    assert (first.instances, first.lock) == (tuple(ids), True)


def test_r1_those_that_wait_are_locked_as_well():
    caller = Caller(flow("a*", a=SUBFLOW), flow("x* -go-> y!", version=2))
    parent = caller.start()
    child = caller.tokens(parent)[0].child
    caller.requests.clear()
    caller.signal(child, "go")
    assert [one.instances for one in caller.requests if isinstance(one, Load)] == [
        (child,),
        (parent,),
    ]


def test_r1_what_another_transaction_did_meanwhile_is_seen():
    """Two processes send the same signal: one moves, the other is refused with the reason."""
    caller = Caller(flow("a* -go-> b"))
    one = caller.start()
    first, second = (caller.signal(one, "go") for _ in range(2))
    assert (first.accepted, second.accepted, second.refusal.reason) == (True, False, "no_token")


# R2: an agenda, depth-first, with a limit


def test_r2_a_long_honest_chain_is_no_problem():
    text = "; ".join(f"n{i} -> n{i + 1}" for i in range(900))
    caller = Caller(flow(f"n0*; {text}"))
    assert caller.where(caller.start()) == ["n900"]


@pytest.mark.parametrize("profile", [STRICT, OPENERP])
def test_r2_a_cycle_without_end_is_an_error_that_names_it(profile):
    caller = Caller(flow("a* -> b; b -> c; c -> b", profile))
    with pytest.raises(StepLimitError, match="b → c → b|c → b → c") as caught:
        caller.start()
    assert set(caught.value.chain) == {"b", "c"}
    assert "flow 1, activity" in str(caught.value)


def test_r2_nothing_of_the_event_is_stored():
    caller = Caller(flow("a* -go-> b; b -> c; c -> b"))
    one = caller.start()
    with pytest.raises(StepLimitError):
        caller.signal(one, "go")
    assert caller.where(one) == ["a"]


# R3: own work does not disturb itself


def test_r3_a_nested_event_waits_for_the_chain():
    caller = Caller(
        flow("a* -> b; b -> c; c -go-> d", b=FUNCTION, c=FUNCTION),
        actions={"b": lambda caller, work: nested.append(caller.signal(work.instance, "go"))},
    )
    nested = []
    one = caller.start()
    assert (nested[0].deferred, nested[0].accepted, nested[0].result) == (True, False, False)
    assert caller.where(one) == ["d"]
    assert caller.names_run() == ["b", "c"]
    assert ("deferred", "", "") in caller.log(one)


def test_r3_other_instances_take_it_at_once():
    seen = []
    caller = Caller(flow("a* -go-> b; b -x-> c", b=FUNCTION))
    other = caller.start()

    def action(caller, work):
        if work.instance == one:
            seen.append((caller.signal(other, "go").accepted, caller.where(other)))

    caller.actions = {"b": action}
    one = caller.start()
    caller.signal(one, "go")
    assert seen == [(True, ["b"])]


def test_r3_a_queued_signal_that_nobody_takes_is_refused_in_the_log():
    caller = Caller(
        flow("a* -> b!", b=FUNCTION),
        actions={"b": lambda caller, work: caller.signal(work.instance, "no") and None},
    )
    assert ("refused", "", "no_token") in caller.log(caller.start())


def test_r3_many_writes_are_one_look():
    caller = Caller(
        flow("a* -> b; b ->? c", b=FUNCTION),
        actions={
            "b": lambda caller, work: [caller.step(work.instance) for _ in range(50)] and None
        },
    )
    caller.start()
    # At arrival, at the queued look, and at the look that ends every start.
    assert len([one for one in caller.requests if type(one).__name__ == "AskCondition"]) == 3


def test_r3_results_of_queued_events_go_to_the_outer_one():
    caller = Caller(
        flow("a* -go-> b; b -more-> c", b=FUNCTION, c=FUNCTION),
        actions={
            "b": lambda caller, work: caller.signal(work.instance, "more") and "first",
            "c": lambda caller, work: "second",
        },
    )
    assert caller.signal(caller.start(), "go").results == ["first", "second"]


# R4, R5


def test_r4_a_token_is_running_while_its_action_runs():
    seen = []
    caller = Caller(
        flow("a* -> b; b -> c!", a=SERVER, b=FUNCTION, c={"kind": "stopall", **SERVER}),
        actions=dict.fromkeys("abc", lambda caller, work: seen.extend(caller.where(work.instance))),
    )
    caller.start()
    assert seen == ["a:running", "b:running", "c:running"]


@pytest.mark.parametrize("event", ["step", "go"])
def test_r5_a_token_that_was_removed_is_not_handled(event):
    signal = "-go-" if event == "go" else "-"
    caller = Caller(
        flow(f"a* -> b; a -> c; b {signal}>? k!; c {signal}>? d", a="OR", k={"kind": "stopall"})
    )
    one = caller.start()
    caller.conditions.update({"b>k": True, "c>d": True})
    caller.step(one) if event == "step" else caller.signal(one, event)
    assert (caller.where(one), caller.state(one)) == (["k"], "complete")


def test_r5_a_record_that_its_own_action_deletes():
    caller = Caller(
        flow("a* -go-> b; b -> c", b=FUNCTION, c=FUNCTION),
        actions={"b": lambda caller, work: caller.delete(work.instance) and None},
    )
    one = caller.start()
    caller.signal(one, "go")
    assert caller.names_run() == ["b"]
    assert not caller.store.instances
    assert not caller.store.tokens


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
    caller = Caller(flow(text, a="OR", j={"join_mode": "AND"}, k={"kind": "stopall"}, edges=edges))
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
    caller = Caller(flow("a* -> k!; a -> b", a="OR", k={"kind": "stopall"}))
    one = caller.start()
    assert (caller.where(one), caller.state(one)) == (["k"], "complete")
    assert ("drop", "a>b", "") in caller.log(one)


def test_r8_completion_clears_marks():
    caller = Caller(flow("a* -> j; a -> b!; c -> j", a="OR", j={"join_mode": "AND"}))
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
