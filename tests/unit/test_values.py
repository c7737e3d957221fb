"""Typing of literals and computed results, without Odoo."""

from datetime import date, datetime, timedelta, timezone

import pytest

from server_action_engine.core.value_records import (
    RecordToken,
    is_command_list,
    parse_many,
    parse_token,
)
from server_action_engine.core.values import (
    LiteralError,
    TypeRules,
    coerce_scalar,
    parse_scalar,
    shown,
)

NOW = datetime(2026, 11, 22, 23, 30)
PLUS_TWO = timezone(timedelta(hours=2))
PRIORITIES = {"0": "Normal", "2": "Very High", "a": "Same", "b": "same"}


def rules(ttype, **kwargs):
    kwargs.setdefault("selection", PRIORITIES)
    return TypeRules(ttype, now=NOW, tz=PLUS_TWO, **kwargs)


@pytest.mark.parametrize(
    ("ttype", "text", "expected"),
    [
        ("boolean", "True", True),
        ("boolean", "no", False),
        ("boolean", "0", False),
        ("boolean", "", False),
        ("integer", " 42 ", 42),
        ("integer", "-7", -7),
        ("integer", "", False),
        ("float", "3.5", 3.5),
        ("monetary", "1e3", 1000.0),
        ("char", "  as typed ", "  as typed "),
        ("char", "'quoted'", "'quoted'"),
        ("char", "", False),
        ("text", "a\nb", "a\nb"),
        ("html", "<p>x</p>", "<p>x</p>"),
        ("date", "2026-12-31", date(2026, 12, 31)),
        ("date", "2026-12-31 10:00:00", date(2026, 12, 31)),
        ("date", "today", date(2026, 11, 23)),
        ("date", "today +3d", date(2026, 11, 26)),
        ("datetime", "2026-12-31 10:00:00", datetime(2026, 12, 31, 10)),
        ("datetime", "2026-12-31T10:00:00+02:00", datetime(2026, 12, 31, 8)),
        ("datetime", "2026-12-31T10:00:00Z", datetime(2026, 12, 31, 10)),
        ("datetime", "2026-12-31", datetime(2026, 12, 30, 22)),
        ("datetime", "now", NOW),
        ("datetime", "today", datetime(2026, 11, 22, 22)),
        ("datetime", "now -2H", datetime(2026, 11, 22, 21, 30)),
        ("selection", "2", "2"),
        ("selection", "'2'", "2"),
        ("selection", "very high", "2"),
        ("json", '{"a": [1, null]}', {"a": [1, None]}),
        ("properties", '{"color": "red"}', {"color": "red"}),
        ("properties", "", False),
    ],
)
def test_a_literal_gets_the_type_of_its_field(ttype, text, expected):
    """The text of a literal becomes the very type the field stores."""
    value = parse_scalar(text, rules(ttype))
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    ("ttype", "text", "code"),
    [
        ("boolean", "maybe", "not_boolean"),
        ("integer", "4.5", "not_integer"),
        ("integer", "many", "not_integer"),
        ("float", "1,5", "not_number"),
        ("date", "31.12.2026", "not_date"),
        ("date", "2026-12-31x", "not_date"),
        ("date", "today +3x", "not_relative"),
        ("datetime", "soon", "not_datetime"),
        ("selection", "3", "not_selection"),
        ("selection", "SAME", "not_selection"),
        ("json", "{a: 1}", "not_json"),
        ("properties", "[1]", "not_properties"),
        ("binary", "AAAA", "refused_type"),
    ],
)
def test_a_wrong_literal_says_what_is_wrong(ttype, text, code):
    """A text that is no value of the type is refused with the kind of mistake."""
    with pytest.raises(LiteralError) as caught:
        parse_scalar(text, rules(ttype))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("ttype", "result", "expected"),
    [
        ("boolean", "False", False),
        ("boolean", [1], True),
        ("boolean", None, False),
        ("integer", "12", 12),
        ("integer", 12.0, 12),
        ("integer", None, False),
        ("float", "1.5", 1.5),
        ("float", 2, 2.0),
        ("char", 12, "12"),
        ("char", False, False),
        ("char", 0, "0"),
        ("text", {"a": 1}, '{"a": 1}'),
        ("char", datetime(2026, 1, 2, 3, 4, 5, 6), "2026-01-02 03:04:05"),
        ("date", datetime(2026, 1, 2, 3), date(2026, 1, 2)),
        ("date", "2026-01-02", date(2026, 1, 2)),
        ("datetime", date(2026, 1, 2), datetime(2026, 1, 2)),
        ("datetime", datetime(2026, 1, 2, 3, 4, 5, 6), datetime(2026, 1, 2, 3, 4, 5)),
        ("datetime", datetime(2026, 1, 2, 3, tzinfo=PLUS_TWO), datetime(2026, 1, 2, 1)),
        ("selection", 2, "2"),
        ("selection", False, False),
        ("json", 0, 0),
        ("json", False, False),
        ("properties", '{"a": 1}', {"a": 1}),
        ("properties", None, False),
    ],
)
def test_a_computed_result_is_typed_tolerantly(ttype, result, expected):
    """Numbers as text, keys as numbers and dates as text are understood."""
    value = coerce_scalar(result, rules(ttype))
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    ("ttype", "result", "code"),
    [
        ("integer", 1.5, "not_integer"),
        ("integer", object(), "not_integer"),
        ("float", "x", "not_number"),
        ("json", {1, 2}, "not_json"),
        ("properties", 5, "not_properties"),
        ("selection", 9, "not_selection"),
    ],
)
def test_a_wrong_result_says_what_is_wrong(ttype, result, code):
    """A result that fits in no way is refused with the kind of mistake."""
    with pytest.raises(LiteralError) as caught:
        coerce_scalar(result, rules(ttype))
    assert caught.value.code == code


def test_a_relative_date_needs_a_clock():
    """Core never asks the system for the time."""
    with pytest.raises(LiteralError, match="no_clock"):
        parse_scalar("today", TypeRules("date"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", RecordToken(res_id=12)),
        (" base.us ", RecordToken(external_id="base.us", name="base.us")),
        ("ref('base.us')", RecordToken(external_id="base.us")),
        ('env.ref("base.us").id', RecordToken(external_id="base.us")),
        ("Azure Interior", RecordToken(name="Azure Interior")),
        ("'Azure Interior'", RecordToken(name="Azure Interior")),
        ("A. B", RecordToken(name="A. B")),
        ("", None),
        ("False", None),
        ("0", None),
    ],
)
def test_a_record_is_named_by_id_external_id_or_name(text, expected):
    """Each way to name a record is recognised."""
    assert parse_token(text) == expected


@pytest.mark.parametrize(
    ("text", "tokens", "commands"),
    [
        ("1, 2", [RecordToken(1), RecordToken(2)], []),
        (
            "Smith, John\nDoe, Jane",
            [RecordToken(name="Smith, John"), RecordToken(name="Doe, Jane")],
            [],
        ),
        (
            '[1, "base.us"]',
            [RecordToken(1), RecordToken(external_id="base.us", name="base.us")],
            [],
        ),
        ("[[6, 0, [1]], [5]]", [], [(6, 0, [1]), (5,)]),
        ('[{"name": "x"}]', [], [(0, 0, {"name": "x"})]),
        ('{"name": "x"}', [], [(0, 0, {"name": "x"})]),
        ("", [], []),
        ("[]", [], []),
    ],
)
def test_a_to_many_literal_names_records_or_holds_commands(text, tokens, commands):
    """Lists of names, of new records and of commands are told apart."""
    assert parse_many(text) == (tokens, commands)


@pytest.mark.parametrize("text", ["[1", "[true]", "[[9, 0]]", "[1.5]"])
def test_a_broken_to_many_literal_is_refused(text):
    """JSON that is neither records nor commands is refused."""
    with pytest.raises(LiteralError):
        parse_many(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([(4, 1, 0)], True),
        ([[6, 0, [1]]], True),
        ([(5,)], True),
        ([1, 2], False),
        ([], False),
        ([(True, 1)], False),
        ("x", False),
    ],
)
def test_command_lists_are_recognised(value, expected):
    """Only lists of tuples that open with a command code count."""
    assert is_command_list(value) is expected


def test_a_shown_value_is_short():
    """What people read in a log is cut, and says so."""
    assert shown("x" * 300) == "x" * 199 + "…"
    assert shown(None) == ""
    assert shown(0) == "0"
