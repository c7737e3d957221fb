"""Merge templates: finding expressions and putting values in, without Odoo."""

import ast
import random

import pytest

from server_action_engine.core.errors import ConfigurationError
from server_action_engine.core.template import (
    SYNTAX_INLINE,
    SYNTAX_OPENERP,
    TemplateError,
    parse,
    shape_of,
)

MARKS = {SYNTAX_OPENERP: ("[[", "]]"), SYNTAX_INLINE: ("{{", "}}")}


def _sources(text, syntax=None, html=False):
    return [expression.source for expression in parse(text, syntax, html).expressions]


def _render(text, names, syntax=None, html=False):
    template = parse(text, syntax, html)
    return template.render(
        lambda source: eval(source, {"__builtins__": {}}, names),
        lambda value: "" if value is None else str(value),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear [[ name ]],", "Dear Ada,"),
        ("Dear {{ name }},", "Dear Ada,"),
        ("[[name]]{{name}}", "AdaAda"),
        ("[[ amount ]] and [[ zero ]]", "12 and 0"),
        ("<[[ nothing ]]>", "<>"),
        ("[[ lines[order[0]] ]]", "b"),
        ("{{ {'a': {'b': 1}}['a'] }}", "{'b': 1}"),
        ("[[ ']]' ]]", "]]"),
        ("{{ nothing ||| none yet }}", "none yet"),
        ("{{ zero ||| none yet }}", "0"),
        ("[[ name\n   + name ]]", "AdaAda"),
        ("[[ name # the customer\n ]]", "Ada"),
        ("[[]] {{}} stay", "[[]] {{}} stay"),
        ("[[ name", "[[ name"),
        ("a ]] b }} c", "a ]] b }} c"),
        ("", ""),
    ],
)
def test_expressions_are_replaced_by_their_values(text, expected):
    """Each text prints what its author meant."""
    names = {
        "name": "Ada",
        "amount": 12,
        "zero": 0,
        "nothing": None,
        "lines": ["a", "b"],
        "order": [1],
    }
    assert _render(text, names) == expected


def test_one_syntax_leaves_the_other_alone():
    """A text parsed for OpenERP's marks keeps Odoo's as they are, and the other way round."""
    text = "[[ 1 ]] {{ 2 }}"
    assert _render(text, {}, SYNTAX_OPENERP) == "1 {{ 2 }}"
    assert _render(text, {}, SYNTAX_INLINE) == "[[ 1 ]] 2"


def test_unknown_syntax_is_refused():
    """A misspelt syntax is a mistake of the caller and said so."""
    with pytest.raises(ValueError, match="unknown template syntax"):
        parse("text", "<% %>")


@pytest.mark.parametrize(
    ("text", "expression", "line"),
    [
        ("[[ 1 + ]]", "1 +", 1),
        ("first\nsecond {{ for }} third", "for", 2),
        ("[[   ]]", "", 1),
        ("[[ a = 1 ]]", "a = 1", 1),
    ],
)
def test_error_names_expression_and_line(text, expression, line):
    """What is no expression is a configuration error that says which one and where."""
    with pytest.raises(TemplateError) as caught:
        parse(text)
    assert isinstance(caught.value, ConfigurationError)
    assert (caught.value.expression, caught.value.line) == (expression, line)
    assert caught.value.cause in str(caught.value)


def test_error_of_the_evaluation_passes_through():
    """Rendering hides no error of the caller's functions."""
    with pytest.raises(ZeroDivisionError):
        _render("[[ 1 / 0 ]]", {})


def test_html_entities_and_breaks_inside_expressions_are_decoded():
    """An HTML editor writes entities into expressions; the text outside stays as it is."""
    text = "<p>&lt; [[ 1&nbsp;&lt;<br/> 2 ]] &amp;</p>"
    assert _render(text, {}, html=True) == "<p>&lt; True &amp;</p>"


@pytest.mark.parametrize(
    ("source", "base", "attribute"),
    [
        ("object.name", "object", "name"),
        ("object.partner_id.name", "object.partner_id", "name"),
        ("records[0].name", "records[0]", "name"),
        ("object.partner().name", "", ""),
        ("name", "", ""),
        ("1 +", "", ""),
    ],
)
def test_shape_finds_the_field_without_evaluating(source, base, attribute):
    """A path without calls is split at its last attribute; anything else is not."""
    shape = shape_of(source)
    assert (shape.base, shape.attribute) == (base, attribute)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a > 1", True),
        ("not a", True),
        ("a > 1 and not b", True),
        ("False", True),
        ("a and b", False),
        ("a > 1 or b", False),
        ("a", False),
        ("-a", False),
    ],
)
def test_shape_tells_boolean_expressions(source, expected):
    """Only what always answers yes or no counts as boolean."""
    assert shape_of(source).is_boolean is expected


# Properties, each over seeded random input.

SEEDS = range(200)
ALPHABET = "ab [] {} '\"\\ \n\t|#é]]}}[[{{"


def _random_text(rng, length=30):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randrange(length)))


def _random_literal(rng, depth=3):
    kind = rng.randrange(6 if depth else 3)
    if kind == 0:
        return _random_text(rng)
    if kind == 1:
        return rng.randrange(-5, 5)
    if kind == 2:
        return rng.choice([True, False, None, 1.5])
    if kind == 3:
        return {_random_text(rng, 5): _random_literal(rng, depth - 1) for _ in range(2)}
    items = [_random_literal(rng, depth - 1) for _ in range(rng.randrange(1, 4))]
    return items if kind == 4 else tuple(items)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("syntax", MARKS)
def test_any_literal_survives_between_marks(seed, syntax):
    """Whatever quotes, brackets and marks a literal holds, its own closing mark is found."""
    literal = _random_literal(random.Random(seed))
    opening, closing = MARKS[syntax]
    template = parse(f"<{opening} {literal!r} {closing}>", syntax)
    assert len(template.expressions) == 1
    assert template.render(ast.literal_eval, repr) == f"<{literal!r}>"


@pytest.mark.parametrize("seed", SEEDS)
def test_segments_come_back_in_order(seed):
    """Plain segments and values are joined in the order they are written."""
    rng = random.Random(seed)
    text, expected = "", ""
    for number in range(rng.randrange(8)):
        plain = "".join(rng.choice("abc \n'(") for _ in range(rng.randrange(6)))
        opening, closing = rng.choice(list(MARKS.values()))
        text += f"{plain}{opening}{'':{rng.randrange(3)}}{number}{closing}"
        expected += f"{plain}<{number}>"
    assert parse(text).render(lambda source: int(source), lambda value: f"<{value}>") == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_any_text_is_parsed_or_refused_with_a_template_error(seed):
    """No text makes the parser fail otherwise, and without marks nothing changes."""
    text = _random_text(random.Random(seed), 80)
    try:
        template = parse(text)
    except TemplateError as error:
        assert error.expression in text
        return
    if not template.expressions:
        assert template.render(str, str) == text


def test_hostile_text_is_bounded():
    """Thousands of closing marks behind one opening mark are not all tried."""
    with pytest.raises(TemplateError):
        parse("[[ (" + "]] " * 5000)


def test_expressions_can_be_changed_in_place():
    """What an import needs: the text stays, each expression is replaced."""
    template = parse("Order [[ object.number ]] of {{ object.x }}", SYNTAX_OPENERP)
    changed = template.map_expressions(lambda source: source.replace("number", "name"))
    assert changed == "Order [[ object.name ]] of {{ object.x }}"
