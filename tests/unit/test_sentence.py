"""Filters of rules in plain words."""

import ast

import pytest

from base_automation_ext.core.condition_tree import (
    Formula,
    Group,
    Leaf,
    Not,
    Unreadable,
    conditions_of,
    leaves_of,
    parse_filter,
    split_conditions,
    without,
)
from base_automation_ext.core.moments import Moment, relative
from base_automation_ext.core.sentence import FieldWords, Speaker
from base_automation_ext.core.spoken import spoken, with_article

KINDS = {
    "name": ("Name", "char"),
    "amount": ("Amount", "float"),
    "state": ("Status", "selection"),
    "stage_id": ("Stage", "many2one"),
    "tag_ids": ("Tags", "many2many"),
    "line_ids": ("Order Lines", "one2many"),
    "is_company": ("Is a Company", "boolean"),
    "country_id": ("Country", "many2one"),
    "code": ("Code", "char"),
    "date": ("Expiration", "date"),
}


class Words:
    """A vocabulary without a database."""

    def say(self, text, values):
        return text % values

    def lower(self, label):
        return spoken(label, "en_US")

    def join(self, parts, word):
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {word} {parts[-1]}"

    def field(self, path):
        labels = [KINDS[name][0] for name in path.split(".")]
        return FieldWords(tuple(labels), KINDS[path.split(".")[-1]][1])

    def value(self, path, value):
        if isinstance(value, Formula):
            return f"“{value.source}”"
        return f"“{value}”" if isinstance(value, str) else f"{value:,}"


def in_words(text):
    return Speaker(Words()).conditions(conditions_of(parse_filter(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("[]", ""),
        ("[('amount', '>', 10000)]", "the amount is over 10,000"),
        ("[('amount', '<=', 5)]", "the amount is at most 5"),
        ("['!', ('amount', '>', 5)]", "the amount is at most 5"),
        ("['!', ('amount', '<', 5)]", "the amount is at least 5"),
        ("[('name', 'ilike', 'x')]", "the name contains “x”"),
        ("[('name', '=', False)]", "“Name” is empty"),
        ("[('name', '!=', False)]", "“Name” is not empty"),
        ("['!', ('name', '=', False)]", "“Name” is not empty"),
        ("[('is_company', '=', True)]", "“Is a Company” is ticked"),
        ("[('is_company', '!=', True)]", "“Is a Company” is not ticked"),
        ("[('is_company', '=', False)]", "“Is a Company” is not ticked"),
        ("[('stage_id', 'in', [1])]", "the stage is 1"),
        ("[('stage_id', 'in', [1, 2, False])]", "the stage is 1, 2 or empty"),
        ("[('stage_id', 'not in', (1, 2))]", "the stage is not 1 or 2"),
        ("[('tag_ids', 'in', [4])]", "4 is among the tags"),
        ("[('tag_ids', 'not in', [4, 5])]", "4 or 5 is not among the tags"),
        ("[('date', '<', 'x')]", "the expiration is before “x”"),
        ("[('date', '=', 'x')]", "the expiration is “x”"),
        ("[('stage_id', 'child_of', 3)]", "the stage is 3 or one of its children"),
        ("[('country_id.code', '=', 'US')]", "the code of the country is “US”"),
        ("[('country_id.is_company', '=', True)]", "“Is a Company” of the country is ticked"),
        ("[('amount', '=', user.id)]", "the amount is “user.id”"),
        (
            "[('amount', '>', 1), ('name', '=', 'a'), ('state', '=', 'b')]",
            "the amount is over 1, the name is “a” and the status is “b”",
        ),
        (
            "['|', ('amount', '>', 1), ('name', '=', 'a')]",
            "the amount is over 1 or the name is “a”",
        ),
        (
            "['&', ('state', '=', 'b'), '|', ('amount', '>', 1), ('name', '=', 'a')]",
            "the status is “b” and (the amount is over 1 or the name is “a”)",
        ),
        (
            "['|', '|', ('amount', '>', 1), ('amount', '<', 0), ('name', '=', 'a')]",
            "the amount is over 1, the amount is under 0 or the name is “a”",
        ),
        (
            "['!', '|', ('amount', '>', 1), ('name', '=', 'a')]",
            "it is not true that (the amount is over 1 or the name is “a”)",
        ),
        (
            "[('line_ids', 'any', [('amount', '>', 1), ('name', '=', 'a')])]",
            "for at least one of the order lines, the amount is over 1 and the name is “a”",
        ),
        ("[('line_ids', 'not any', [])]", "for none of the order lines, every record matches"),
        ("[(0, '=', 1)]", "no record matches"),
        ("[('name', 'regex', 'x')]", "the name regex “x”"),
        ("some_function()", "the formula “some_function()” is true"),
        ("[('name', '=', ", "the formula “[('name', '=',” is true"),
        ("['&', ('name', '=', 'x')]", "the formula “['&', ('name', '=', 'x')]” is true"),
    ],
)
def test_filters_are_read_as_people_say_them(text, expected):
    """Labels and names, no field names or brackets; what cannot be read is quoted."""
    assert in_words(text) == expected


def test_nothing_in_a_filter_is_evaluated():
    """A filter may come from a form that is being written."""
    tree = parse_filter("[('name', '=', __import__('os').system('false'))]")
    assert tree == Leaf("name", "=", Formula("__import__('os').system('false')"))


def test_groups_in_a_row_are_one_group():
    a, b, c = (Leaf(name, "=", 1) for name in "abc")
    assert parse_filter("['|', ('a', '=', 1), '|', ('b', '=', 1), ('c', '=', 1)]") == Group(
        "|", (a, b, c)
    )
    assert parse_filter("['!', '!', ('a', '=', 1)]") == a
    assert parse_filter("['!', '&', ('a', '=', 1), ('b', '=', 1)]") == Not(Group("&", (a, b)))
    assert parse_filter("f(x)") == Unreadable("f(x)")


def test_conditions_the_trigger_says_already_are_left_out():
    """Stock writes the stage a rule waits for into its filter; authors add to it."""
    own = parse_filter("[('stage_id', '=', 4), ('amount', '>', 1)]")
    assert without(own, parse_filter("[('stage_id', '=', 4)]")) == (Leaf("amount", ">", 1),)
    assert without(own, None) == conditions_of(own)
    assert without(None, own) == ()


def test_leaves_within_any_have_their_whole_path():
    tree = parse_filter("['!', ('line_ids', 'any', [('a', '=', 1), ('b', '=', 2)])]")
    assert [path for path, _leaf in leaves_of(tree)] == ["line_ids", "line_ids.a", "line_ids.b"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "[('a', '=', 1)]",
        "[('a', '=', 1), ('b', '=', 2)]",
        "['&', ('a', '=', 1), '|', ('b', '=', 2), ('c', '=', 3)]",
        "['&', '&', ('a', '=', 1), '!', ('b', '=', 2), ('c', '=', 3)]",
        "['!', '&', ('a', '=', 1), ('b', '=', 2), ('c', '=', 3)]",
        "['|', '&', ('a', '=', 1), ('b', '=', 2), ('c', '=', 3)]",
    ],
)
def test_parts_of_a_domain_are_those_of_its_tree(text):
    """The domain of each condition says what the condition says, one beside the other."""
    parts = split_conditions(ast.literal_eval(text))
    assert [parse_filter(repr(part)) for part in parts] == list(conditions_of(parse_filter(text)))


@pytest.mark.parametrize(
    ("label", "lang", "expected"),
    [
        ("Sales Order", "en_US", "sales order"),
        ("VAT Number", "en_US", "VAT number"),
        ("iPhone App", "en_US", "iPhone app"),
        ("Lead's Stage", "en_US", "lead's stage"),
        ("Verkaufsauftrag", "de_DE", "Verkaufsauftrag"),
        ("Étape", "fr_FR", "étape"),
        ("  Name ", "en_US", "name"),
    ],
)
def test_labels_in_the_middle_of_a_sentence(label, lang, expected):
    """Small letters where the language writes them, abbreviations untouched."""
    assert spoken(label, lang) == expected


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("lead", "a lead"),
        ("order", "an order"),
        ("user", "a user"),
        ("unit of measure", "a unit of measure"),
        ("uninvoiced line", "an uninvoiced line"),
        ("SMS", "an SMS"),
        ("UTM campaign", "a UTM campaign"),
        ("hour type", "an hour type"),
        ("", ""),
    ],
)
def test_english_articles(noun, expected):
    assert with_article(noun, "en_GB") == expected
    assert with_article(noun, "fr_FR") == noun


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", Moment("today")),
        ("now", Moment("now")),
        ("today -3d", Moment("today", -3, "d")),
        ("-2H", Moment("now", -2, "H")),
        ("+ 1m", Moment("today", 1, "m")),
        ("2026-01-01", None),
        ("today =1d", None),
        ("", None),
    ],
)
def test_relative_dates(text, expected):
    assert relative(text) == expected
