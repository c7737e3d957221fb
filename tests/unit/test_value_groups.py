"""Grouping and merging of value dicts, without Odoo."""

from datetime import date

from server_action_engine.core.value_groups import group_equal, merge_by_target


def test_equal_values_share_one_group():
    """Order of first appearance is kept; nested values compare by content."""
    pairs = [
        (1, {"a": [(4, 7)], "b": date(2026, 1, 1)}),
        (2, {"a": [(4, 8)], "b": date(2026, 1, 1)}),
        (3, {"b": date(2026, 1, 1), "a": [[4, 7]]}),
    ]
    assert [keys for _values, keys in group_equal(pairs)] == [[1, 3], [2]]


def test_values_of_different_types_are_not_equal():
    """True, 1 and 1.0 are stored differently."""
    pairs = [(1, {"a": True}), (2, {"a": 1}), (3, {"a": 1.0}), (4, {"a": 1})]
    assert [keys for _values, keys in group_equal(pairs)] == [[1], [2, 4], [3]]


def test_one_shared_dict_is_one_group():
    """Constants share one dict object."""
    shared = {"a": 1}
    assert group_equal((key, shared) for key in range(3)) == [(shared, [0, 1, 2])]


def test_values_that_cannot_be_hashed_stand_alone():
    """An unknown mutable object equals itself only."""
    one, other = {1, 2}, {1, 2}
    groups = group_equal([(1, {"a": one}), (2, {"a": other}), (3, {"a": one})])
    assert [keys for _values, keys in groups] == [[1, 3], [2]]


def test_later_values_win_and_commands_add_up():
    """Several sources of one target end as if written one after the other."""
    pairs = [
        ("t", {"name": "a", "tags": [(4, 1)]}),
        ("u", {"name": "c", "tags": [(4, 3)]}),
        ("t", {"name": "b", "tags": [(4, 2)]}),
    ]
    assert merge_by_target(pairs, {"tags"}) == [
        ("t", {"name": "b", "tags": [(4, 1), (4, 2)]}),
        ("u", {"name": "c", "tags": [(4, 3)]}),
    ]


def test_merging_leaves_the_sources_alone():
    """The dicts of the single records are not changed."""
    first = {"tags": [(4, 1)]}
    merge_by_target([("t", first), ("t", {"tags": [(4, 2)]})], {"tags"})
    assert first == {"tags": [(4, 1)]}
