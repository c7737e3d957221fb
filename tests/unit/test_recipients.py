"""Whom a message goes to: how the texts of authors are read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_action_engine.core.recipients import (
    EXPRESSION,
    FOLLOWERS,
    LITERAL,
    PATH,
    TEMPLATE,
    Recipient,
    first_of_each,
    parse_sources,
    path_of,
    split,
)

PATHS = {"email", "partner_id", "partner_id.email", "child_ids.email"}


def is_literal(text):
    """Tell whether a text is one address, with a name or without; enough for these tests."""
    return bool(re.fullmatch(r"\w+@x\.org|[^<;@]*<\w+@x\.org>", text))


def kinds(text):
    found = parse_sources(text, is_literal, PATHS.__contains__)
    return [(source.kind, source.value) for source in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, []),
        ("  ", []),
        ("partner_id.email", [(PATH, "partner_id.email")]),
        # As OpenERP wrote it, and as Odoo's placeholder picker does.
        ("object.partner_id.email", [(PATH, "partner_id.email")]),
        ("record.child_ids.email", [(PATH, "child_ids.email")]),
        ("{{object.partner_id.email}}", [(PATH, "partner_id.email")]),
        ("[[ object.partner_id.email ]]", [(PATH, "partner_id.email")]),
        ("partner_id", [(PATH, "partner_id")]),
        ("me@x.org", [(LITERAL, "me@x.org")]),
        ('"Lee, Bo" <bo@x.org>', [(LITERAL, '"Lee, Bo" <bo@x.org>')]),
        ("Followers", [(FOLLOWERS, "")]),
        (
            "partner_id.email, me@x.org; followers",
            [(PATH, "partner_id.email"), (LITERAL, "me@x.org"), (FOLLOWERS, "")],
        ),
        ("user.email", [(EXPRESSION, "user.email")]),
        ("object.email or 'me@x.org'", [(EXPRESSION, "object.email or 'me@x.org'")]),
        (
            "[p.email for p in object.child_ids if p.color in (1, 2)]",
            [(EXPRESSION, "[p.email for p in object.child_ids if p.color in (1, 2)]")],
        ),
        ("{{ object.email or object.name }}", [(EXPRESSION, "object.email or object.name")]),
        ("info@[[ object.domain ]]", [(TEMPLATE, "info@[[ object.domain ]]")]),
        ("{{ object.email ||| me@x.org }}", [(TEMPLATE, "{{ object.email ||| me@x.org }}")]),
        ("[[ object. ]]", [(TEMPLATE, "[[ object. ]]")]),
    ],
)
def test_texts_are_read_as_their_authors_mean_them(text, expected):
    assert kinds(text) == expected


def test_each_source_keeps_what_was_written():
    sources = parse_sources("object.email; me@x.org", is_literal, PATHS.__contains__)
    assert [source.text for source in sources] == ["object.email", "me@x.org"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a, b; c\nd", ["a", "b", "c", "d"]),
        ("f(a, b), [c, d]", ["f(a, b)", "[c, d]"]),
        ("'a, b', c", ["'a, b'", "c"]),
        (r"'a\', b', c", [r"'a\', b'", "c"]),
        # An apostrophe that closes nothing divides as if it were not there.
        ("O'Neill <a@x.org>, b@x.org", ["O'Neill <a@x.org>", "b@x.org"]),
        (",, ;", []),
    ],
)
def test_entries_are_divided_outside_quotes_and_brackets(text, entries):
    assert list(split(text)) == entries


@given(st.text(alphabet="ab.,;'\"()[]{}\\ @\n"))
def test_any_text_is_read_without_an_error(text):
    for source in parse_sources(text, is_literal, PATHS.__contains__):
        assert source.text == source.text.strip() != ""


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("object.a.b", "a.b"),
        ("obj.a", "a"),
        ("a.b", "a.b"),
        ("object", "object"),
        ("a.b()", ""),
        ("a or b", ""),
        ("1a", ""),
    ],
)
def test_paths_in_expressions(source, path):
    assert path_of(source) == path


def test_nobody_is_written_to_twice():
    found = [
        Recipient("a@x.org", model="res.partner", res_id=1),
        Recipient("A@x.org ", model="res.partner", res_id=1),
        Recipient("a@x.org", model="res.partner", res_id=2),
    ]
    assert list(first_of_each(found)) == [found[0], found[2]]
