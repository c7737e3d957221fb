"""The texts of a diagram and the room they take."""

import pytest

from workflow_engine.core import diagram


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("condition", "amount > 5", "amount > 5"),
        ("condition", "amount > 5\n  and   ref", "amount > 5 and ref"),
        ("condition", "x" * 40, "x" * 29 + "…"),
        ("name", "x" * 32, "x" * 32),
        ("name", "word " * 10, "word word word word word word w…"),
    ],
)
def test_long_texts_are_shortened(kind, text, shown):
    assert diagram.line(kind, text).text == shown


def test_a_box_has_room_for_its_lines():
    lines = [diagram.line("name", "Approval of the order"), diagram.line("action", "Send it")]
    box = diagram.box(7, lines, is_start=True)
    assert (box.id, box.is_start) == (7, True)
    assert box.width > lines[0].width
    assert box.height > lines[0].height + lines[1].height


def test_short_names_do_not_make_narrow_boxes():
    assert diagram.box(1, [diagram.line("name", "a")], is_start=False).width == diagram.MINIMUM


def test_an_arrow_without_a_text_needs_no_room():
    arrow = diagram.arrow(3, 1, 2, [])
    assert (arrow.label_width, arrow.label_height) == (0, 0)


def test_a_label_has_room_for_its_lines():
    lines = [diagram.line("signal", "confirm"), diagram.line("role", "Sales manager")]
    arrow = diagram.arrow(3, 1, 2, lines)
    assert arrow.label_width > lines[1].width
    assert arrow.label_height > 2 * lines[0].height
