"""Rules of the strict profile, R1 to R5: locks, the agenda, own work that disturbs itself."""

import pytest
from workflow_kit.caller import Caller, Load
from workflow_kit.notation import FUNCTION, SERVER, SUBFLOW, flow

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.events import Signal

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
