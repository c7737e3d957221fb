"""Failures: raised with their place, or parked as incidents that can be tried again."""

import pytest
from workflow_kit.caller import BrokenActionError, Caller, Failure
from workflow_kit.notation import FOUND, FUNCTION, flow
from workflow_kit.profiles import both

from workflow_engine.core.errors import ActivityError, ProtocolError, TransitionError
from workflow_engine.core.events import Actor, Signal, Start
from workflow_engine.core.session import Session

PARKED = {**FUNCTION, "on_error": "incident"}


def broken(*_):
    raise BrokenActionError("disk full")


@both
def test_an_incident_parks_the_token_and_the_others_go_on(profile):
    caller = Caller(
        flow("a* -> b; a -> c; b -> x; c -> d", profile, a="OR", b=PARKED, c=FUNCTION),
        actions={"b": broken},
    )
    one = caller.start()
    assert caller.where(one) == ["b:error", "d"]
    (trouble,) = caller.store.troubles
    assert (trouble.message, type(trouble.data)) == ("disk full", BrokenActionError)
    assert trouble.token == caller.tokens(one)[0].id
    assert caller.name(trouble.activity) == "b"
    assert ("failed", "b", "") in caller.log(one)


@both
def test_a_parked_token_hears_nothing(profile):
    caller = Caller(flow("a*; a -> b; a -go-> c", profile, a=PARKED), actions={"a": broken})
    one = caller.start()
    caller.actions = {}
    assert caller.signal(one, "go").refusal.reason == "busy"
    caller.step(one)
    assert caller.where(one) == ["a:error"]


@both
def test_retry_runs_the_activity_again(profile):
    caller = Caller(flow("a* -> b!", profile, a=PARKED), actions={"a": broken})
    one = caller.start()
    token = caller.tokens(one)[0].id
    caller.retry(one, token)
    assert (caller.where(one), len(caller.store.troubles)) == (["a:error"], 1)
    caller.actions = {}
    assert caller.retry(one, token).accepted
    assert (caller.state(one), caller.store.troubles) == ("complete", [])
    assert caller.names_run() == ["a", "a", "a"]


@both
def test_retry_of_what_did_not_fail_is_refused(profile):
    caller = Caller(flow("a*", profile))
    one = caller.start()
    outcome = caller.retry(one, caller.tokens(one)[0].id)
    assert (outcome.accepted, outcome.refusal.reason) == (False, "no_token")


@both
def test_a_condition_that_fails_blocks_only_its_way_out(profile):
    """The activity is done: a retry, or any event, asks again and runs nothing twice."""
    caller = Caller(
        flow("a* ->? b!; a -go-> c!", profile, a=PARKED),
        conditions={"a>b": lambda *_: Failure("no such field")},
    )
    one = caller.start()
    assert caller.where(one) == ["a:blocked"]
    caller.step(one)
    assert [trouble.message for trouble in caller.store.troubles] == ["no such field"]
    caller.conditions = {}
    caller.step(one)
    assert (caller.where(one), caller.store.troubles) == (["a"], [])
    caller.conditions = {"a>b": lambda *_: Failure("again")}
    assert caller.signal(one, "go").accepted
    assert (caller.where(one), caller.store.troubles) == (["c"], [])
    assert caller.names_run() == ["a"]


@both
def test_retry_asks_a_failed_condition_again(profile):
    caller = Caller(
        flow("a* ->? b!", profile, a=PARKED), conditions={"a>b": lambda *_: Failure("no")}
    )
    one = caller.start()
    caller.conditions = {"a>b": True}
    caller.retry(one, caller.tokens(one)[0].id)
    assert (caller.where(one), caller.names_run()) == (["b"], ["a"])


@pytest.mark.parametrize(
    ("text", "fields", "conditions", "children", "error", "message"),
    [
        pytest.param("a* -> b", FUNCTION, {}, {}, ActivityError,
                     "flow 1, activity a: disk full", id="action"),
        pytest.param("a* ->? b", {}, {"a>b": lambda *_: Failure("no field")}, {}, TransitionError,
                     "flow 1, transition a → b: no field", id="condition"),
        pytest.param("a* -> b", FOUND, {}, {"a": Failure("no invoice")}, ActivityError,
                     "flow 1, activity a: no invoice", id="record to wait for"),
        pytest.param("a* -> b", FOUND, {}, {"a": 77}, ActivityError,
                     "no instance of the workflow", id="instance is gone"),
        pytest.param("a* -> b", {"kind": "subflow"}, {}, {}, ActivityError,
                     "no workflow is set", id="no subflow"),
    ],
)  # fmt: skip
def test_by_default_a_failure_is_raised_with_its_place(
    text, fields, conditions, children, error, message
):
    caller = Caller(flow(text, a=fields), conditions=conditions, children=children)
    caller.actions = {"a": broken}
    with pytest.raises(error, match=message) as caught:
        caller.start()
    assert caught.value.instance is not None


def test_a_subflow_that_finds_nothing_can_be_tried_again():
    caller = Caller(flow("a* -> b!", a={**FOUND, "on_error": "incident"}),
                    flow("x* -> y!", version=2))  # fmt: skip
    one = caller.start()
    assert caller.where(one) == ["a:error"]
    caller.children["a"] = caller.start(2)
    caller.retry(one, caller.tokens(one)[0].id)
    assert caller.state(one) == "complete"


def test_what_a_failed_action_did_to_other_instances_is_undone():
    """Rows and session go back to the savepoint together; ids of then stay usable."""

    def action(caller, work):
        caller.signal(other, "go")
        caller.signal(work.instance, "more")
        caller.start(2)
        broken()

    caller = Caller(
        flow("a* -go-> b; b -more-> c", b=PARKED), flow("x* -go-> y; y -go-> z", version=2)
    )
    other, one = caller.start(2), caller.start()
    caller.actions = {"b": action}
    caller.run([Signal(other, "go"), Signal(one, "go")])
    assert caller.where(other) == ["y"]
    assert caller.where(one) == ["b:error"]
    assert len(caller.store.instances) == 2
    assert not [row for row in caller.store.log if row.event in ("refused", "deferred")]
    caller.actions = {}
    caller.retry(one, caller.tokens(one)[0].id)
    caller.signal(one, "more")
    assert caller.where(one) == ["c"]


def test_a_savepoint_wants_everything_stored():
    caller = Caller(flow("a*"))
    session = Session(caller.store)
    requests = iter(session.run([Start(1, "m", 1)], Actor(1)))
    apply = next(requests)
    caller.store.perform(apply)
    session.savepoint()
    session._world.create(caller.store.graphs[1], "m", 2, 1)
    with pytest.raises(ProtocolError, match="flush the session"):
        session.savepoint()


@pytest.mark.parametrize("name", ["Load", "Apply", "AskCondition", "RunAction", "FindChild"])
def test_an_unanswered_request_is_a_bug_of_the_caller(name):
    text = "a* -go-> b; b ->? c; b -> d; d -> e"
    caller = Caller(flow(text, d=FUNCTION, e=FOUND), flow("x*", version=2))
    one = caller.start()
    caller.unanswered = name
    with pytest.raises(ProtocolError, match=f"{name} was not answered"):
        caller.signal(one, "go")


def test_an_answer_for_the_wrong_rows_is_refused():
    caller = Caller(flow("a*"))
    session = Session(caller.store)
    for request in session.run([Start(1, "m", 1)], Actor(1)):
        with pytest.raises(ProtocolError, match="new id of every created row"):
            request.answer()
        caller.perform(request)


def test_an_error_leaves_no_instance_busy():
    """Code that catches the error of a nested call can go on."""

    def action(caller, work):
        caller.step(other)
        with pytest.raises(ActivityError) as caught, caller.savepoint():
            caller.signal(other, "go")
        # The error keeps its traceback, and with it everything that was under way.
        errors.append(caught)
        caller.actions["b"] = None
        outcome = caller.signal(other, "go")
        seen.append((outcome.accepted, outcome.deferred))

    seen, errors = [], []
    caller = Caller(flow("a* -> w", w=FUNCTION), flow("a* -go-> b", version=2, b=FUNCTION))
    other = caller.start(2)
    caller.actions = {"w": action, "b": broken}
    caller.start()
    assert (seen, caller.where(other)) == ([(True, False)], ["b"])
