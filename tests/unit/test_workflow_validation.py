"""What is said about a definition before it is published."""

import pytest
from workflow_kit.notation import FUNCTION, JOIN, STOPALL, flow

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer
from workflow_engine.core.validation import ERROR, WARNING, problems


def found(graph):
    """Return (severity, code, name or key of the element)."""
    names = {one.id: one.name for one in graph.activities}
    keys = {one.id: one.key for one in graph.transitions}
    return {
        (one.severity, one.code, names.get(one.activity) or keys.get(one.transition) or "")
        for one in problems(graph)
    }


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        pytest.param("a* -go-> b!", {}, set(), id="nothing to say"),
        pytest.param("a -go-> b!", {}, {(ERROR, "no_start", ""), (WARNING, "unreachable", "a"),
                                        (WARNING, "unreachable", "b")}, id="no start"),
        pytest.param("a* -go-> b", {}, {(WARNING, "no_stop", "")}, id="no stop"),
        pytest.param("a* -go-> b!; a -x-> c", {}, {(WARNING, "no_way_out", "c")}, id="dead end"),
        pytest.param("a* -go-> b!; c -x-> b", {}, {(WARNING, "unreachable", "c")}, id="island"),
        pytest.param("a* -go-> b!", {"a": {"kind": "task"}}, {(ERROR, "unknown_word", "a")},
                     id="kind"),
        pytest.param("a* -go-> b!; a -x-> c!", {"c": {"name": "b"}},
                     {(WARNING, "same_result", "b")}, id="two results of one name"),
        pytest.param("a* -go-> b!", {"a": {"key": "b"}},
                     {(ERROR, "same_key", "a"), (ERROR, "same_key", "b")}, id="keys"),
        pytest.param("a* -go-> b!", {"a": {"kind": "subflow"}}, {(ERROR, "no_subflow", "a")},
                     id="subflow"),
        pytest.param("a* -go-> b!", {"a": {"kind": "subflow", "subflow": 2, "action_id": 1}},
                     {(WARNING, "ignored_action", "a")}, id="subflow with an action"),
        pytest.param("a* -go-> b!", {"a": {"code": "x"}}, {(WARNING, "ignored_code", "a")},
                     id="dummy with code"),
        pytest.param("a* -go-> b!", {"a": {"kind": "function"}},
                     {(WARNING, "empty_function", "a")}, id="function with nothing"),
        pytest.param("a* -x-> b!; a -y-> b", {"a": "AND"}, {(WARNING, "and_split_signals", "a")},
                     id="AND split with two signals"),
        pytest.param("a* -> b; b -> c; c -> a; c -x-> d!", {}, {(ERROR, "endless_cycle", "a")},
                     id="cycle"),
        pytest.param("a* -> b; b ->? a; b -x-> d!", {}, set(), id="cycle with a condition"),
        pytest.param("a* -> b; b -x-> a; b -y-> d!", {}, set(), id="cycle with a signal"),
        pytest.param("a* ->? d!; a -> b; b -> a", {}, set(), id="cycle that a condition leaves"),
        pytest.param("a* ->? d!; a -> b; b -> a", {"a": "OR"}, {(ERROR, "endless_cycle", "a")},
                     id="OR goes round as well"),
        pytest.param("a* -> a; a -x-> b!", {}, {(ERROR, "endless_cycle", "a")}, id="on itself"),
    ],
)  # fmt: skip
def test_structure(text, fields, expected):
    assert found(flow(text, **fields)) == expected


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        pytest.param("s* -> a; s -> b; a -> j!; b -> j", {"s": "AND", "j": JOIN}, set(),
                     id="a proper pair"),
        pytest.param("s* -> a; s -> b; a ->? j!; a -> x!; b -> j", {"s": "AND", "j": JOIN},
                     {"a>j"}, id="a choice inside a branch"),
        pytest.param("s* ->? a; s -> b; a -> j!; b -> j", {"j": JOIN}, {"a>j", "b>j"},
                     id="the split is a choice itself"),
        pytest.param("s* ->? x!; s -> t; t -> a; t -> b; a -> j!; b -> j", {"t": "AND", "j": JOIN},
                     set(), id="a choice before the branches part"),
        pytest.param("s* -> a; s -> b; a -ok-> j!; a -redo-> a; b -> j", {"s": "AND", "j": JOIN},
                     set(), id="a loop comes back to the arrow"),
        pytest.param("s* -> a; s -> b; a -ok-> j!; a -cancel-> k!; b -> j",
                     {"s": "AND", "j": JOIN, "k": STOPALL}, set(), id="a way out by stopall"),
        pytest.param("s* -> a; s -> b; a -> j!; a ->? x; b -> j; x -> x2!",
                     {"s": "AND", "a": "OR", "j": JOIN}, set(), id="OR that surely leads there"),
        pytest.param("s* -> a; s -> b; a ->? j!; a -> x!; b -> j",
                     {"s": "AND", "a": "OR", "j": JOIN}, {"a>j"}, id="OR that may not"),
        pytest.param("a* -> j!; b* -> j", {"j": JOIN}, set(), id="two starts"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", [STRICT, OPENERP])
def test_joins_that_may_wait_for_ever(profile, text, fields, expected):
    """Decision 6: arrows are counted as ever; publishing warns if a choice can avoid one."""
    graph = flow(text, profile, **fields)
    assert {key for _s, code, key in found(graph) if code == "join_may_wait"} == expected


def test_a_timer_out_of_a_branch_is_a_choice_as_well():
    text = "s* -> a; s -> b; a -ok-> j!; a -> late!; b -> j"
    graph = flow(text, s="AND", j=JOIN, edges={"a>late": {"timer": Timer("2 days")}})
    assert (WARNING, "join_may_wait", "a>j") in found(graph)


def test_a_join_that_merges_rounds():
    text = "s* -> a; s -> b; a -x-> j!; a -x-> a; b -y-> j"
    fields = {"s": "AND", "a": "OR"}
    assert (WARNING, "join_may_merge", "a>j") in found(flow(text, j=JOIN, **fields))
    counting = {**JOIN, "mark_policy": "count"}
    codes = {code for _s, code, _e in found(flow(text, j=counting, **fields))}
    assert "join_may_merge" not in codes


def test_transitions_that_contradict_themselves():
    edges = {
        "a>b": {"timer": Timer("1 h")},
        "a>c": {"trigger_model": "sale.order"},
    }
    assert found(flow("a* -go-> b!; a -> c!", edges=edges)) == {
        (WARNING, "timer_and_signal", "a>b"),
        (WARNING, "half_trigger", "a>c"),
    }


def test_what_a_profile_ignores():
    text, action = "a* -go-> b!", {"kind": "stopall", "action_id": 1}
    assert found(flow(text, OPENERP, b=action)) == {(WARNING, "ignored_action", "b")}
    assert found(flow(text, STRICT, b=action)) == set()


def test_an_and_split_is_not_endless_where_rounds_are_not_taken_again():
    text = "a* -> b; a -> c!; b -> a"
    assert (ERROR, "endless_cycle", "a") in found(flow(text, STRICT, a="AND"))
    assert found(flow(text, OPENERP, a="AND")) == set()


def test_errors_come_first_and_say_where_and_what_to_do():
    graph = flow("a* -> b; b -> a; c -x-> c", c=FUNCTION)
    severities = [one.severity for one in problems(graph)]
    assert severities == sorted(severities)
    first = problems(graph)[0]
    assert first.place == "flow 1, activity a"
    assert first.message == (
        "the cycle a → b → a is taken without end; "
        "give one of its transitions a signal or a condition"
    )


@pytest.mark.parametrize("size", [200])
def test_large_definitions_are_checked_quickly_enough(size):
    """Two hundred activities with joins: linear searches per join, no enumeration of paths."""
    text = "; ".join(f"n{i} ->? n{i + 1}; n{i} -s{i}-> n{(i * 7) % size}" for i in range(size - 1))
    graph = flow(f"n0*; {text}", **{f"n{i}": JOIN for i in range(0, size, 10)})
    assert problems(graph)
