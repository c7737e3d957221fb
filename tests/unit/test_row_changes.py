"""Differences between two states of rows."""

from server_action_engine.core.row_changes import compare_rows


def test_created_changed_and_deleted_rows_are_told_apart():
    changes = compare_rows(
        before={1: {"name": "a", "n": 0}, 3: {"name": "gone"}},
        after={1: {"name": "b", "n": 0}, 2: {"name": "new"}},
        deleted=[3],
    )
    assert changes.changed == {1: {"name": ("a", "b")}}
    assert changes.created == {2: {"name": "new"}}
    assert changes.deleted == {3: {"name": "gone"}}


def test_a_row_written_with_the_same_values_has_not_changed():
    row = {"name": "a", "write_date": 1}
    assert not compare_rows({1: row}, {1: {"name": "a", "write_date": 2}}).changed


def test_a_row_created_and_deleted_again_leaves_nothing():
    changes = compare_rows(before={}, after={}, deleted=[7])
    assert not changes.deleted
    assert not changes.created


def test_empty_and_zero_are_different():
    assert compare_rows({1: {"n": None}}, {1: {"n": 0}}).changed == {1: {"n": (None, 0)}}
