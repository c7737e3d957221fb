"""Which changes of a record a definition has to hear of."""

import pytest
from workflow_kit.notation import SUBFLOW, flow

from workflow_engine.core.texts import domain_fields, lines_of, names_of
from workflow_engine.core.watching import FEW, asked_anywhere, watched_fields

STORED = {"ref", "amount", "lines"}
CONSTANTS = {"len", "uid", "True"}


@pytest.mark.parametrize(
    ("text", "edge", "watched"),
    [
        ("a* -go-> b", {}, set()),
        ("a* -> b", {}, set()),
        ("a* -go-> b", {"condition": "ref"}, set()),
        ("a* -> b", {"condition": "ref == 'x' and len(lines) > uid"}, {"ref", "lines"}),
        ("a* -> b", {"condition": "is_ready()"}, None),
        ("a* -> b", {"condition": "env.user"}, None),
        ("a* -> b", {"domain": "[('amount', '>', 5), ('lines.ref', '=', 1)]"}, {"amount", "lines"}),
        ("a* -> b", {"domain": "[('other', '=', 1)]"}, None),
        ("a* -> b", {"domain": "[('ref', '=', uid)]"}, None),
        ("a* -> b", {"condition": "ref", "domain": "[('amount', '>', 5)]"}, {"ref", "amount"}),
        ("a* -> b", {"group_ids": frozenset({1})}, None),
        ("a* -> b", {"role_id": 1}, None),
        ("a* -> b", {"trigger_model": "x", "trigger_expr": "ids"}, None),
    ],
)  # fmt: skip
def test_watched_fields(text, edge, watched):
    """A signalled transition waits for its signal, whatever the record; others for their texts."""
    graph = flow(text, edges={"a>b": edge})
    found = watched_fields(graph, STORED, CONSTANTS)
    assert found == (None if watched is None else frozenset(watched))


def test_an_and_split_with_a_signal_waits_for_it():
    """All its transitions pass by one event, so no change of the record is enough."""
    graph = flow("a* -go-> b; a -> c", a="AND", edges={"a>c": {"condition": "ref"}})
    assert watched_fields(graph, STORED, CONSTANTS) == frozenset()


@pytest.mark.parametrize(
    ("text", "edge", "acts", "asked"),
    [
        (
            "a* -> b",
            {"condition": "ref == 'x' and len(lines) > uid"},
            {},
            ["ref == 'x' and len(lines) > uid"],
        ),
        ("a* -> b", {"domain": "[('amount', '>', 5)]"}, {}, [""]),
        ("a* -> b; b -> c; c -go-> d", {"condition": "ref"}, {}, ["ref"]),
        ("a* -> b; c* ->? d", {"condition": "ref"}, {}, None),
        ("a* -> b; a -> c", {"condition": "ref"}, {}, []),
        ("a* -> b; a -> c", {"condition": "ref"}, {"a": "AND"}, None),
        ("a* -> b; a -> c", {"condition": "ref"}, {"a": SUBFLOW}, None),
        ("a* -> b", {"condition": "ref"}, {"b": {"on_error": "incident"}}, None),
        ("a* -> b", {"condition": "lines.action_done()"}, {}, None),
        ("a* -> b", {"condition": "instance.ids"}, {}, None),
        ("a* -> b", {"role_id": 1}, {}, None),
    ],
)  # fmt: skip
def test_what_is_asked_anywhere(text, edge, acts, asked):
    """Only plain conditions are asked where a record may not be, and only if they decide alone."""
    graph = flow(text, edges={"a>b": edge}, **acts)
    found = asked_anywhere([graph], STORED, CONSTANTS)
    assert (None if found is None else [one.condition for one in found]) == asked


def test_versions_ask_the_same_once_and_many_conditions_are_too_many():
    """Looking at the tokens is one statement."""
    first, second = (
        flow("a* -> b", version=number, edges={"a>b": {"condition": "ref"}}) for number in (1, 2)
    )
    assert len(asked_anywhere([first, second], STORED, CONSTANTS)) == 1
    names = [f"s{number}" for number in range(FEW + 1)]
    large = flow(
        "; ".join(f"{name}* -> t" for name in names),
        edges={f"{name}>t": {"condition": f"amount > {name[1:]}"} for name in names},
    )
    assert asked_anywhere([large], STORED, CONSTANTS) is None


def test_texts():
    """Blank lines are nothing; what is no Python has no names and no fields."""
    assert lines_of("  a()\n\n b \n") == ["a()", "b"]
    assert names_of("[x for x in lines if x.ref == y]") == {"x", "lines", "y"}
    assert names_of("1 +") == frozenset()
    assert domain_fields(["|", ("a.b", "=", 1), ["c", "in", [1]]]) == {"a", "c"}
    assert domain_fields([5]) is None
    assert domain_fields("x") is None
