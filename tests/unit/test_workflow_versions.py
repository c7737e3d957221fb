"""Graphs cannot change, versions can be compared, roles form a tree."""

from dataclasses import FrozenInstanceError, replace

import pytest
from workflow_kit.notation import flow

from server_action_engine.core.errors import ConfigurationError, LoopGuardError
from workflow_engine.core.definition import Timer
from workflow_engine.core.errors import DefinitionError, PublishedError, WorkflowError
from workflow_engine.core.graph import Graph
from workflow_engine.core.ordering import ranks
from workflow_engine.core.roles import Role, held
from workflow_engine.core.version import Difference, check_unchanged, difference, fingerprint

TEXT = "a* -go-> b; b ->? c!"


def test_a_graph_cannot_be_changed():
    graph = flow(TEXT)
    with pytest.raises(FrozenInstanceError):
        graph.name = "other"
    with pytest.raises(FrozenInstanceError):
        graph.activities[0].name = "other"
    with pytest.raises(TypeError):
        graph.nodes[1] = None
    with pytest.raises(AttributeError):
        graph.activities.append(None)


def test_a_copy_has_the_fingerprint_of_the_original():
    """Ids of rows and of versions do not matter, keys do."""
    assert fingerprint(flow(TEXT, version=2)) == fingerprint(flow(TEXT))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"edges": {"a>b": {"sequence": 5}}}, ("transition a>b", "sequence"), id="seq"),
        pytest.param({"edges": {"a>b": {"group_ids": frozenset({1})}}},
                     ("transition a>b", "group_ids"), id="groups"),
        pytest.param({"edges": {"a>b": {"timer": Timer("1 h")}}}, ("transition a>b", "timer"),
                     id="timer"),
        pytest.param({"b": {"code": "x"}}, ("activity b", "code"), id="code"),
        pytest.param({"b": "AND"}, ("activity b", "split_mode"), id="split"),
        pytest.param({"profile": "openerp"}, ("workflow", "profile"), id="profile"),
        pytest.param({"model": "sale.order"}, ("workflow", "model"), id="model"),
    ],
)  # fmt: skip
def test_a_change_is_found_and_refused(change, expected):
    old, new = flow(TEXT), flow(TEXT, version=2, **change)
    assert difference(old, new) == Difference(changed=(expected,))
    with pytest.raises(PublishedError, match="make a new version"):
        check_unchanged(new, fingerprint(old))


def test_elements_come_and_go():
    found = difference(flow(TEXT), flow("a* -go-> b; b -> d!", version=2))
    assert found == Difference(
        added=("activity d", "transition b>d"), removed=("activity c", "transition b>c")
    )
    assert not difference(flow(TEXT), flow(TEXT, version=3))


def test_a_graph_knows_its_signals_and_places():
    graph = flow("a* -go-> b; b -ok-> c; c -go-> a")
    assert graph.signals == ("go", "ok")
    assert graph.place() == "flow 1"
    assert graph.place(graph.activities[1]) == "flow 1, activity b"
    assert graph.place(graph.transitions[0]) == "flow 1, transition a → b"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda g: {"profile": "bpmn"}, "no profile 'bpmn'"),
        (lambda g: {"activities": g.activities[:1]}, "transition a>b: it leads from or to"),
        (lambda g: {"activities": g.activities * 2}, "two activities have the same id"),
        (lambda g: {"transitions": g.transitions * 2}, "two transitions have the same id"),
    ],
)
def test_a_graph_that_makes_no_sense_is_refused(change, message):
    graph = flow(TEXT)
    with pytest.raises(DefinitionError, match=message):
        replace(graph, **change(graph))


def test_errors_are_leaves_of_the_action_engines_tree():
    """So its policies treat them as what they are: the author has to change something."""
    from workflow_engine.core.errors import StepLimitError

    assert issubclass(WorkflowError, ConfigurationError)
    assert issubclass(StepLimitError, LoopGuardError)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(1, 2), (2, 3), (1, 3)], [1, 2, 3]),
        ([(3, 2), (2, 1)], [3, 2, 1]),
        ([(1, 2), (2, 1), (2, 3)], [1, 2, 3]),
        ([], [3, 2, 1]),
    ],
)
def test_ranks_follow_the_arrows(edges, expected):
    starts = [3] if (3, 2) in edges else [1]
    found = ranks([1, 2, 3], starts, edges)
    assert sorted(found, key=found.get) == expected


def test_ranks_of_long_chains_need_no_recursion():
    chain = [(number, number + 1) for number in range(5000)]
    assert ranks(range(5001), [0], chain)[5000] == 5000


ROLES = [
    Role(1, group_ids=frozenset({10})),
    Role(2, parent_id=1),
    Role(3, parent_id=2, user_ids=frozenset({7})),
    Role(4, group_ids=frozenset({40})),
    Role(5, parent_id=6),
    Role(6, parent_id=5, user_ids=frozenset({9})),
]


@pytest.mark.parametrize(
    ("uid", "groups", "expected"),
    [
        pytest.param(8, (), set(), id="nobody"),
        pytest.param(7, (), {3}, id="by name, not what is above"),
        pytest.param(8, (10,), {1, 2, 3}, id="by group, with all below"),
        pytest.param(7, (40,), {3, 4}, id="both"),
        pytest.param(9, (), {5, 6}, id="a cycle of roles ends"),
    ],
)
def test_a_user_holds_roles_directly_or_by_an_ancestor(uid, groups, expected):
    assert held(ROLES, uid, frozenset(groups)) == expected


def test_graph_is_not_equal_to_its_copy():
    assert flow(TEXT) != flow(TEXT)
    assert isinstance(flow(TEXT), Graph)
