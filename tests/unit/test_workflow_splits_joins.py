"""Splits, joins, signals, conditions, priorities: sections 2.4–2.7, the same in both profiles."""

import pytest
from workflow_kit.caller import Caller
from workflow_kit.notation import FUNCTION, JOIN, flow
from workflow_kit.profiles import both


def keys_true(*keys):
    return dict.fromkeys(keys, True)


@both
@pytest.mark.parametrize(
    ("text", "split", "true", "expected"),
    [
        pytest.param("a* ->? b; a ->? c", "XOR", ["a>b", "a>c"], ["b"], id="XOR first"),
        pytest.param("a* ->? b; a ->? c", "XOR", ["a>c"], ["c"], id="XOR second"),
        pytest.param("a* ->? b; a ->? c", "XOR", [], ["a"], id="XOR none waits"),
        pytest.param("a* ->? b; a ->? c", "OR", ["a>b", "a>c"], ["b", "c"], id="OR all"),
        pytest.param("a* ->? b; a ->? c", "OR", ["a>c"], ["c"], id="OR one, the other is lost"),
        pytest.param("a* ->? b; a ->? c", "OR", [], ["a"], id="OR none waits"),
        pytest.param("a* ->? b; a ->? c", "AND", ["a>b", "a>c"], ["b", "c"], id="AND all"),
        pytest.param("a* ->? b; a ->? c", "AND", ["a>c"], ["a"], id="AND one is not enough"),
        pytest.param("a* -> b; a -go-> c", "AND", [], ["a"], id="AND waits for the signal"),
        pytest.param("a* -go-> b", "XOR", [], ["a"], id="a signal is waited for"),
        pytest.param("a*", "AND", [], ["a"], id="AND without a way out"),
        pytest.param("a* -> b; a -> b", "OR", [], ["b", "b"], id="OR twice to one activity"),
        pytest.param("a* -> b; b -> c; c -> d", "XOR", [], ["d"], id="a chain runs through"),
        pytest.param("a*; b*", "XOR", [], ["a", "b"], id="every start gets a token"),
    ],
)
def test_split(profile, text, split, true, expected):
    """Where tokens are after the start (2.6)."""
    caller = Caller(flow(text, profile, a=split), conditions=keys_true(*true))
    assert caller.where(caller.start()) == expected


@both
def test_priority_is_sequence_then_id(profile):
    edges = {"a>b": {"sequence": 20}, "a>c": {"sequence": 10}, "a>d": {"sequence": 10}}
    caller = Caller(flow("a* -> b; a -> c; a -> d", profile, edges=edges))
    assert caller.where(caller.start()) == ["c"]


@both
def test_a_signal_reaches_all_tokens(profile):
    caller = Caller(flow("a* -> b; a -> c; b -go-> d; c -go-> e", profile, a="OR"))
    one = caller.start()
    assert caller.signal(one, "go").accepted
    assert caller.where(one) == ["d", "e"]


@both
def test_a_signal_moves_a_token_over_one_signalled_transition(profile):
    """What a token enters because of a signal is left without it (2.5)."""
    caller = Caller(flow("a* -go-> b; b -> c; c -go-> d", profile))
    one = caller.start()
    caller.signal(one, "go")
    assert caller.where(one) == ["c"]
    caller.signal(one, "go")
    assert caller.where(one) == ["d"]


@both
def test_a_token_that_waits_is_looked_at_by_every_event(profile):
    caller = Caller(flow("a* ->? b; b -other-> c", profile))
    one = caller.start()
    caller.conditions["a>b"] = True
    caller.signal(one, "unknown")
    assert caller.where(one) == ["b"]


@both
def test_or_loses_what_does_not_pass_now(profile):
    caller = Caller(flow("a* ->? b; a ->? c", profile, a="OR"), conditions=keys_true("a>b"))
    one = caller.start()
    caller.conditions["a>c"] = True
    caller.step(one)
    assert caller.where(one) == ["b"]


@both
def test_an_and_join_fires_once_when_the_last_arrow_is_crossed(profile):
    text = "a* -> b; a -> c; b -b_ok-> d!; c -c_ok-> d"
    caller = Caller(flow(text, profile, a="AND", d=JOIN))
    one = caller.start()
    caller.signal(one, "c_ok")
    assert (caller.where(one), caller.marks(one)) == (["b"], {"c>d": 1})
    assert not caller.signal(one, "c_ok").accepted
    assert (caller.where(one), caller.marks(one)) == (["b"], {"c>d": 1})
    caller.signal(one, "b_ok")
    assert (caller.where(one), caller.marks(one)) == (["d"], {})
    assert caller.state(one) == "complete"
    assert [row for row in caller.log(one, "join", "arrive")] == [
        ("arrive", "c>d", "signal"),
        ("join", "b>d", "signal"),
    ]


@both
def test_an_xor_join_starts_one_token_per_arrival(profile):
    function = FUNCTION
    caller = Caller(flow("a* -> b; a -> c; b -> d; c -> d", profile, a="OR", d=function))
    assert caller.where(caller.start()) == ["d", "d"]
    assert caller.names_run() == ["d", "d"]


@both
def test_a_loop_starts_a_new_round_of_a_join(profile):
    text = "s* -> a; a -> b; a -> c; b -> d; c -> d; d -again-> a; d -end-> e!"
    caller = Caller(flow(text, profile, a="AND", d={"join_mode": "AND", "kind": "function",
                                                    "code": "x"}))  # fmt: skip
    one = caller.start()
    for rounds in (1, 2, 3):
        assert (caller.where(one), caller.marks(one)) == (["d"], {})
        assert caller.names_run() == ["d"] * rounds
        caller.signal(one, "again")
    caller.signal(one, "end")
    assert caller.state(one) == "complete"


@both
def test_counting_joins_keep_what_collapsing_ones_merge(profile):
    """B7, ``mark_policy``: an arrow crossed twice counts twice if the join says so."""
    text = "a* -> b; a -> b; a -> c; b -> j; c -late-> j; c -more-> c"
    for policy, before, after in (("collapse", 1, {}), ("count", 2, {"b>j": 1})):
        join = {"join_mode": "AND", "mark_policy": policy}
        caller = Caller(flow(text, profile, a="AND", j=join))
        one = caller.start()
        assert caller.marks(one) == {"b>j": before}
        assert ("merge", "b>j", "chain") in caller.log(one) or policy == "count"
        caller.signal(one, "late")
        assert (caller.where(one), caller.marks(one)) == (["j"], after)


@both
def test_two_equal_arrows_into_a_join_are_two_arrows(profile):
    caller = Caller(flow("a* -> d; a -> d", profile, a="OR", d=JOIN))
    assert caller.where(caller.start()) == ["d"]


@both
@pytest.mark.parametrize(
    ("stops", "state", "results"),
    [
        ("b! c!", "complete", ("b", "c")),
        ("b! c", "active", ()),
        ("b c", "active", ()),
    ],
)
def test_an_instance_is_complete_when_all_tokens_are_on_stops(profile, stops, state, results):
    text = "; ".join(["a* -> b; a -> c", *stops.split()])
    caller = Caller(flow(text, profile, a="OR"))
    one = caller.start()
    assert (caller.state(one), caller.store.instances[one].results) == (state, results)


@both
def test_a_complete_instance_is_inert(profile):
    """Even if its stop activity has a way out (2.4)."""
    caller = Caller(flow("a* -> b!; b -go-> c; b ->? c", profile))
    one = caller.start()
    caller.conditions["b>c"] = caller.conditions["b>c#2"] = True
    caller.step(one)
    refusal = caller.signal(one, "go").refusal
    assert (refusal.reason, caller.where(one)) == ("inactive", ["b"])


@both
def test_the_order_of_side_effects_is_depth_first(profile):
    """The whole chain of the first branch comes before the second branch (R2)."""
    function = FUNCTION
    caller = Caller(
        flow("a* -> b; a -> c; b -> d; c -> e", profile, a="OR",
             b=function, c=function, d=function, e=function)
    )  # fmt: skip
    caller.start()
    assert caller.names_run() == ["b", "d", "c", "e"]
