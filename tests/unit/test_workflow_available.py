"""Which signals are possible now, and why not the others."""

import pytest
from workflow_kit.caller import Actor, Caller, Failure, Load
from workflow_kit.notation import FUNCTION, SUBFLOW, flow
from workflow_kit.profiles import both

from workflow_engine.core.questions import AskCondition


def offered(caller, one, **kwargs):
    return {
        item.signal: item.reason or True if not item.allowed else True
        for item in caller.look(one, **kwargs)[one]
    }


@both
@pytest.mark.parametrize(
    ("text", "fields", "true", "expected"),
    [
        pytest.param("a* -go-> b; a -no-> c", {}, [], {"go": True, "no": True}, id="two"),
        pytest.param("a* -go->? b", {}, [], {"go": "condition"}, id="condition"),
        pytest.param("a* -go->? b; a -go-> c", {}, [], {"go": True}, id="a second way"),
        pytest.param("a* -go-> b", {"a>b": {"role_id": 1}}, [], {"go": "role"}, id="role"),
        pytest.param("a* ->? b; a -go-> c", {}, ["a>b"], {"go": "priority"}, id="priority"),
        pytest.param("a* -subflow.x-> b; a -go-> b", {}, [], {"go": True}, id="not of children"),
        pytest.param("a*! -go-> b", {}, [], {}, id="complete"),
    ],
)
def test_signals_are_offered_with_the_reason_against_them(profile, text, fields, true, expected):
    caller = Caller(flow(text, profile, edges=fields))
    one = caller.start()
    caller.conditions = dict.fromkeys(true, True)
    before = list(caller.store.log), dict(caller.store.tokens)
    assert offered(caller, one) == expected
    assert (caller.store.log, caller.store.tokens) == before


@both
def test_what_is_offered_is_taken(profile):
    edges = {"a>b": {"group_ids": frozenset({5})}}
    caller = Caller(flow("a* -go-> b; a -x-> c", profile, a="AND", edges=edges))
    one = caller.start()
    assert offered(caller, one) == {"go": "split", "x": "split"}
    caller = Caller(flow("a* -go-> b; a -go-> c", profile, a="AND", edges=edges))
    one = caller.start()
    assert offered(caller, one) == {"go": "role"}
    assert offered(caller, one, actor=Actor(1, groups=frozenset({5}))) == {"go": True}
    assert caller.signal(one, "go", Actor(1, groups=frozenset({5}))).accepted


@both
def test_a_busy_token_is_no_offer(profile):
    caller = Caller(flow("a* -go-> b", profile, a=SUBFLOW), flow("x*", profile, version=2))
    assert offered(caller, caller.start()) == {"go": "busy"}


def test_many_records_at_once_cost_no_more_and_lock_nothing():
    caller = Caller(flow("a* -go->? b; a -no->? c"), conditions={"a>b": True})
    ids = [caller.start(1, number) for number in range(50)]
    caller.requests.clear()
    found = caller.look(*ids)
    assert [type(one) for one in caller.requests] == [Load, AskCondition, AskCondition]
    assert not caller.requests[0].lock
    assert all([one.allowed for one in found[key]] == [True, False] for key in ids)


def test_an_unsignalled_condition_is_asked_once_for_all_signals():
    caller = Caller(flow("a* ->? b; a -x-> c; a -y-> d; a -z-> e"))
    one = caller.start()
    caller.requests.clear()
    assert offered(caller, one) == {"x": True, "y": True, "z": True}
    assert caller.count(AskCondition) == 1


def test_a_failing_condition_is_no_offer_and_no_incident():
    caller = Caller(flow("a* -go->? b"), conditions={"a>b": lambda *_: Failure("no field")})
    one = caller.start()
    assert offered(caller, one) == {"go": "condition"}
    assert caller.store.troubles == []


def test_looking_inside_an_action_sees_its_own_session():
    seen = []
    caller = Caller(
        flow("a* -go-> b; b -x-> c", b=FUNCTION),
        actions={"b": lambda caller, work: seen.append(offered(caller, work.instance))},
    )
    one = caller.start()
    caller.signal(one, "go")
    assert seen == [{"x": "busy"}]


def test_unknown_instances_have_no_signals():
    assert Caller(flow("a*")).look(5) == {5: []}
