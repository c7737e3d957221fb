"""The diagram: nothing overlaps, everything leads down, small edits change little."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.documents import documents

from workflow_engine.core.constants import STRICT
from workflow_engine.core.layout import Arrow, Box, Rect, arrange
from workflow_engine.core.layout.grid import build
from workflow_engine.core.layout.layers import back_arrows, layers
from workflow_engine.core.layout.model import Spacing
from workflow_engine.core.layout.order import as_before, crossings, reduce_crossings


def boxes(*ids, starts=(1,)):
    return [Box(one, 120, 40, one in starts) for one in ids]


def arrows(*pairs, label=60):
    return [Arrow(n, a, b, label, 14) for n, (a, b) in enumerate(pairs, 1)]


def picture_of(graph, **kwargs):
    """Lay a definition out as the client will ask for it."""
    return arrange(
        [Box(one.id, 40 + 7 * len(one.name), 40, one.flow_start) for one in graph.activities],
        [
            Arrow(one.id, one.source, one.target, 7 * len(one.signal), 14 * bool(one.signal))
            for one in graph.transitions
        ],
        **kwargs,
    )


def taken(picture):
    """Return every rectangle that has to be free of the others."""
    labels = [route.label for route in picture.arrows.values() if route.label]
    return [*picture.boxes.values(), *labels]


def test_nothing_gives_an_empty_picture():
    picture = arrange([], [])
    assert (picture.width, picture.height, dict(picture.boxes)) == (0, 0, {})


def test_one_box_stands_at_the_origin():
    assert arrange(boxes(1), []).boxes == {1: Rect(0, 0, 120, 40)}


def test_a_chain_is_straight_and_leads_down():
    picture = arrange(boxes(1, 2, 3), arrows((1, 2), (2, 3)))
    assert len({rect.x for rect in picture.boxes.values()}) == 1
    tops = [picture.boxes[one].y for one in (1, 2, 3)]
    assert tops == sorted(tops)
    route = picture.arrows[1]
    assert {x for x, _y in route.points} == {60.0}
    assert (route.points[0][1], route.points[-1][1]) == (40, tops[1])


def test_a_diamond_is_symmetric():
    picture = arrange(boxes(1, 2, 3, 4), arrows((1, 2), (1, 3), (2, 4), (3, 4)))
    middle = {one: rect.x + rect.width / 2 for one, rect in picture.boxes.items()}
    assert middle[1] == pytest.approx(middle[4])
    assert middle[1] - middle[2] == pytest.approx(middle[3] - middle[1])
    assert middle[2] < middle[3]


def test_a_way_back_is_drawn_upwards_from_its_source():
    picture = arrange(boxes(1, 2, 3), arrows((1, 2), (2, 3), (3, 1)))
    assert [one for one, route in picture.arrows.items() if route.is_back] == [3]
    points = picture.arrows[3].points
    assert points[0][1] == picture.boxes[3].y
    assert points[-1][1] == picture.boxes[1].bottom
    # Its label is near where it starts.
    assert picture.arrows[3].label.y > picture.boxes[2].y


def test_a_cycle_is_broken_where_tokens_enter_it():
    assert back_arrows(boxes(3, 2, 1), arrows((2, 3), (3, 2), (1, 2))) == {2}


def test_arrows_between_the_same_boxes_stand_side_by_side():
    picture = arrange(boxes(1, 2), arrows((1, 2), (1, 2), (2, 1)))
    ends = [(picture.arrows[one].points[0], picture.arrows[one].points[-1]) for one in (1, 2, 3)]
    assert len(set(ends)) == 3
    assert not any(a.overlaps(b) for a, b in combinations(taken(picture), 2))


def test_arrows_to_the_own_box_stand_beside_it():
    picture = arrange(boxes(1), arrows((1, 1), (1, 1), (1, 1)))
    assert not any(a.overlaps(b) for a, b in combinations(taken(picture), 2))
    for route in picture.arrows.values():
        assert route.label.x >= picture.boxes[1].right
        assert route.points[0][0] == route.points[-1][0] == picture.boxes[1].right
        assert route.label.right <= picture.width
        assert route.label.bottom <= picture.height


def test_what_nothing_leads_to_is_next_to_what_it_leads_to():
    lines = arrows((1, 2), (2, 3), (4, 3))
    found = layers(boxes(1, 2, 3, 4), lines, set())
    assert found == {1: 0, 2: 2, 3: 4, 4: 2}
    assert layers(boxes(1, 2, 3, 4, starts=(1, 4)), lines, set())[4] == 0


def test_crossings_that_can_be_avoided_are():
    """Given in the worst order; one pass is enough to see it."""
    lines = arrows((1, 5), (2, 4), (3, 6), (4, 8), (5, 7))
    all_boxes = boxes(1, 2, 3, 4, 5, 6, 7, 8, starts=(1, 2, 3))
    grid = build(all_boxes, lines, layers(all_boxes, lines, set()), set(), Spacing())
    assert crossings(grid) > 0
    reduce_crossings(grid)
    assert crossings(grid) == 0


@pytest.mark.parametrize("graph", documents(STRICT), ids=["order", "invoice", "delivery"])
def test_documents_as_people_have_them(graph):
    picture = picture_of(graph)
    assert not any(a.overlaps(b) for a, b in combinations(taken(picture), 2))
    assert picture.boxes[graph.starts[0].activity.id].y == 0


def graph_of(draw_edges, size):
    return boxes(*range(1, size + 1)), arrows(*draw_edges)


random_graphs = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.tuples(st.integers(1, size), st.integers(1, size)), max_size=2 * size),
    )
)


@settings(max_examples=100)
@given(random_graphs)
def test_any_graph_has_a_picture_without_overlaps(sized):
    size, pairs = sized
    all_boxes, lines = graph_of(pairs, size)
    picture = arrange(all_boxes, lines)
    assert picture.boxes.keys() == {box.id for box in all_boxes}
    assert picture.arrows.keys() == {line.id for line in lines}
    rectangles = taken(picture)
    assert not any(a.overlaps(b) for a, b in combinations(rectangles, 2))
    for rect in rectangles:
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.right <= picture.width + 0.1
        assert rect.bottom <= picture.height + 0.1
    for line in lines:
        check_route(line, picture)
    assert arrange(all_boxes, lines) == picture


def check_route(line, picture):
    """A line starts at its source, ends at its target, and goes one way in between."""
    route = picture.arrows[line.id]
    source, target = picture.boxes[line.source], picture.boxes[line.target]
    first, last = route.points[0], route.points[-1]
    assert source.x <= first[0] <= source.right
    assert target.x <= last[0] <= target.right
    if line.source == line.target:
        return
    assert first[1] == (source.y if route.is_back else source.bottom)
    assert last[1] == (target.bottom if route.is_back else target.y)
    heights = [y for _x, y in route.points]
    assert heights == sorted(heights, reverse=route.is_back)
    assert (route.label is not None) is bool(line.label_width)


@settings(max_examples=60)
@given(random_graphs, st.data())
def test_adding_a_box_keeps_the_others_in_their_order_if_that_costs_nothing(sized, data):
    """The new box hangs on one other by one arrow, so it can be put without a crossing."""
    size, pairs = sized
    all_boxes, lines = graph_of(pairs, size)
    before = arrange(all_boxes, lines)
    source = data.draw(st.integers(1, size))
    more_boxes = [*all_boxes, Box(size + 1, 120, 40)]
    more_lines = [*lines, Arrow(len(lines) + 1, source, size + 1, 60, 14)]
    positions = {one: rect.x for one, rect in before.boxes.items()}
    after = arrange(more_boxes, more_lines, previous=positions)
    found = layers(more_boxes, more_lines, back_arrows(more_boxes, more_lines))
    if not crossing_free(more_boxes, more_lines, positions):
        return
    for one, other in combinations(range(1, size + 1), 2):
        # Two boxes one below the other have no order yet if the new one puts them side by side.
        if found[one] == found[other] and positions[one] != positions[other]:
            was = positions[one] < positions[other]
            assert (after.boxes[one].x < after.boxes[other].x) == was


def crossing_free(all_boxes, lines, positions):
    """Tell whether the former order, with the new box, has no crossing."""
    back = back_arrows(all_boxes, lines)
    grid = build(all_boxes, lines, layers(all_boxes, lines, back), back, Spacing())
    as_before(grid, positions)
    return crossings(grid) == 0


def test_the_former_order_is_kept_even_if_it_is_not_the_given_one():
    """Somebody saw 3 left of 2; both are as good."""
    all_boxes, lines = boxes(1, 2, 3), arrows((1, 2), (1, 3))
    assert arrange(all_boxes, lines).boxes[2].x < arrange(all_boxes, lines).boxes[3].x
    picture = arrange(all_boxes, lines, previous={1: 50, 2: 200, 3: 10})
    assert picture.boxes[3].x < picture.boxes[2].x


def test_two_hundred_activities_have_a_picture():
    pairs = [(n, n + 1) for n in range(1, 200)]
    pairs += [(n, (n * 37) % 200 + 1) for n in range(1, 200, 2)]
    picture = arrange(boxes(*range(1, 201)), arrows(*pairs))
    assert not any(a.overlaps(b) for a, b in combinations(taken(picture), 2))


def test_an_arrow_to_nowhere_is_refused():
    with pytest.raises(KeyError):
        arrange(boxes(1), arrows((1, 2)))
