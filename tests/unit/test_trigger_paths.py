"""Paths to other records: what has to be watched, and what a record saw change."""

import pytest

from base_automation_ext.core.triggers.path_resolver import PathError, PathResolver
from base_automation_ext.core.triggers.paths import FieldFacts, watch_points
from base_automation_ext.core.triggers.sightings import Sightings, difference, lifted

NO = frozenset()


def facts(model, name, type="char", **more):
    return FieldFacts(model, name, type, **more)


FIELDS = {
    (field.model, field.name): field
    for field in [
        facts("order", "id", "integer"),
        facts("order", "state"),
        facts("order", "image", "binary"),
        facts("order", "write_date", "datetime"),
        facts("order", "partner_id", "many2one", comodel="partner"),
        facts(
            "order",
            "line_ids",
            "one2many",
            comodel="line",
            inverses=("order_id",),
            link_names=frozenset({"order_id", "active"}),
        ),
        facts("order", "orphan_ids", "one2many", comodel="line"),
        facts(
            "order",
            "tag_ids",
            "many2many",
            comodel="tag",
            inverses=("order_ids",),
            link_names=frozenset({"order_ids"}),
        ),
        facts(
            "order",
            "country_id",
            "many2one",
            comodel="country",
            is_stored=False,
            related="partner_id.country_id",
            depends=("partner_id.country_id",),
        ),
        facts(
            "order", "total", "float", is_stored=False, depends=("line_ids.amount", "state", "id")
        ),
        facts("order", "label", is_stored=False, depends=("total", "country_id.code")),
        facts("order", "mystery", is_stored=False),
        facts("order", "mine", is_stored=False, depends=("mystery",)),
        facts(
            "order",
            "greeting",
            is_stored=False,
            depends=("state",),
            depends_context=frozenset({"lang"}),
        ),
        facts(
            "order",
            "local",
            is_stored=False,
            depends=("state",),
            depends_context=frozenset({"company"}),
        ),
        facts(
            "order",
            "last_line_id",
            "many2one",
            comodel="line",
            is_stored=False,
            is_searchable=False,
            depends=("line_ids",),
        ),
        facts("order", "last_amount", "float", is_stored=False, depends=("last_line_id.amount",)),
        facts("line", "amount", "float"),
        facts("line", "order_id", "many2one", comodel="order"),
        facts("line", "part_ids", "one2many", comodel="part", inverses=("line_id",)),
        facts("partner", "country_id", "many2one", comodel="country"),
        facts("partner", "parent_id", "many2one", comodel="partner"),
        facts("partner", "full_name", is_stored=False, depends=("name", "parent_id.full_name")),
        facts("partner", "name"),
        facts("country", "code"),
        facts("tag", "name"),
    ]
}
RESOLVER = PathResolver(lambda model, name: FIELDS.get((model, name)))


def points(path, **options):
    return {
        (point.model, point.event, point.depth, point.names and tuple(sorted(point.names)))
        for point in watch_points(path, **options)
        if not point.is_frame
    }


def frames(path, **options):
    return {(point.model, point.event) for point in watch_points(path, **options) if point.is_frame}


def test_links_and_their_end_are_watched():
    """Each link on its own model, the field at the end, and deleted targets."""
    path = RESOLVER.value("order", "partner_id.country_id.code")
    assert points(path) == {
        ("order", "write", 0, ("partner_id",)),
        ("partner", "write", 1, ("country_id",)),
        ("partner", "unlink", 1, None),
        ("country", "write", 2, ("code",)),
        ("country", "unlink", 2, None),
    }
    assert frames(path) == set()


def test_lines_are_watched_themselves():
    """Lines come, go, and are archived; saving them together is framed by their record."""
    path = RESOLVER.value("order", "line_ids.amount")
    assert points(path) == {
        ("line", "write", 1, ("active", "amount", "order_id")),
        ("line", "create", 1, None),
        ("line", "unlink", 1, None),
    }
    assert frames(path) == {("order", "write"), ("order", "create")}


def test_both_sides_of_many2many_are_watched():
    path = RESOLVER.value("order", "tag_ids.name")
    assert ("order", "write", 0, ("tag_ids",)) in points(path)
    assert ("tag", "write", 1, ("name", "order_ids")) in points(path)
    assert ("tag", "create", 1, None) in points(path)


def test_creation_is_a_change_only_if_wanted():
    path = RESOLVER.value("order", "line_ids.amount")
    assert ("order", "create", 0, None) in points(path, hears_creation=True)
    # Also then the first lines are one change with the creation, not one more.
    assert ("order", "create") in frames(path, hears_creation=True)


def test_related_fields_stand_for_others():
    assert RESOLVER.value("order", "country_id.code") == RESOLVER.value(
        "order", "partner_id.country_id.code"
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("partner_id.nothing", "unknown"),
        ("state", "own_field"),
        ("partner_id", "own_field"),
        ("state.code", "no_link"),
        ("orphan_ids.amount", "no_inverse"),
        ("last_line_id.amount", "not_stored"),
        ("partner_id.full_name", "not_stored"),
        ("line_ids.order_id.image", "unreadable"),
        ("line_ids.order_id.write_date", "silent"),
    ],
)
def test_paths_that_cannot_be_watched(path, reason):
    with pytest.raises(PathError) as caught:
        RESOLVER.value("order", path)
    assert caught.value.reason == reason


def test_lines_of_a_record():
    path = RESOLVER.lines("order", "line_ids", ["amount"], by_people=True)
    assert path.leaves == {"amount"}
    assert not path.hears_recomputations
    with pytest.raises(PathError, match="lines_of_lines"):
        RESOLVER.lines("order", "line_ids", ["part_ids"], by_people=False)
    with pytest.raises(PathError, match="no_lines"):
        RESOLVER.lines("order", "partner_id", [], by_people=False)


def test_dependencies_of_computed_fields():
    """Fields that are computed themselves are followed to what is stored."""
    found = {
        (".".join(step.name for step in path.steps), tuple(sorted(path.leaves)))
        for path in RESOLVER.computed("order", "label")
    }
    assert found == {
        ("line_ids", ("amount",)),
        ("", ("state",)),
        ("partner_id", ("country_id",)),
        ("country_id", ("code",)),
    }
    assert RESOLVER.computed("order", "local")


@pytest.mark.parametrize(
    ("model", "name", "reason", "blamed"),
    [
        ("order", "state", "is_stored", "state"),
        ("order", "mystery", "no_dependencies", "mystery"),
        ("order", "mine", "no_dependencies", "mystery"),
        ("order", "greeting", "context", "greeting"),
        ("order", "last_amount", "not_searchable", "last_line_id"),
        ("partner", "full_name", "recursive", "full_name"),
        ("order", "none", "unknown", "none"),
    ],
)
def test_computed_fields_that_cannot_be_watched(model, name, reason, blamed):
    with pytest.raises(PathError) as caught:
        RESOLVER.computed(model, name)
    assert (caught.value.reason, caught.value.name) == (reason, blamed)


# -- what records see -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, {}),
        ({1: ((9,), {1: {"x": "a"}})}, {1: ((9,), {1: {"x": "a"}})}, {}),
        ({1: ((9,), {1: {"x": False}})}, {1: ((9,), {1: {"x": ""}})}, {}),
        (
            {1: ((9,), {1: {"x": "a"}})},
            {1: ((9,), {1: {"x": "b"}})},
            {9: ({1: {"x": "a"}}, {1: {"x": "b"}})},
        ),
        (
            {1: ((8,), {1: {}})},
            {1: ((9,), {1: {}})},
            {8: ({1: {}}, {}), 9: ({}, {1: {}})},
        ),
        ({}, {1: ((9,), {1: {}})}, {9: ({}, {1: {}})}),
        ({1: ((9,), {1: {}})}, {}, {9: ({1: {}}, {})}),
        ({1: ((), {1: {"x": 1}})}, {1: ((), {1: {"x": 2}})}, {}),
    ],
    ids=["nothing", "same", "empty", "value", "moved", "created", "deleted", "unseen"],
)
def test_difference_of_two_looks(before, after, expected):
    assert difference(before, after) == expected


def test_difference_is_lifted_to_those_who_see_it():
    found = {5: ({1: {}}, {}), 6: ({}, {2: {}}), 7: ({}, {3: {}})}
    assert lifted(found, {5: (10,), 6: (10, 11)}) == {
        10: ({1: {}}, {2: {}}),
        11: ({}, {2: {}}),
    }


def summed(*differences):
    sightings = Sightings()
    for found in differences:
        sightings.add(found)
    return sightings.result()


def test_changes_add_up():
    """First and last decide, whatever was in between."""
    result = summed(
        {9: ({1: {"x": "a"}}, {1: {"x": "b"}})},
        {9: ({1: {"x": "b", "y": 1}}, {1: {"x": "c", "y": 2}})},
    )
    assert result[9].changed == {1: ({"x": "a", "y": 1}, {"x": "c", "y": 2})}


@pytest.mark.parametrize(
    "steps",
    [
        [({1: {"x": 1}}, {1: {"x": 2}}), ({1: {"x": 2}}, {1: {"x": 1}})],
        [({}, {1: {"x": 1}}), ({1: {"x": 1}}, {})],
        [({1: {}}, {}), ({}, {1: {}})],
    ],
    ids=["value", "added", "removed"],
)
def test_changes_that_are_taken_back_are_none(steps):
    assert summed(*({9: step} for step in steps)) == {}


def test_added_line_that_is_changed_is_added():
    result = summed({9: ({}, {1: {}})}, {9: ({1: {"x": 1}}, {1: {"x": 2}})})
    assert result[9].added == {1: {"x": 2}}
    assert not result[9].changed


def test_changed_line_that_is_removed_is_removed():
    result = summed({9: ({1: {"x": 1}}, {1: {"x": 2}})}, {9: ({1: {"x": 2}}, {})})
    assert result[9].removed == {1: {"x": 1}}
