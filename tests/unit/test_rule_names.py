"""What the filters of rules name, read from their text."""

import pytest

from base_automation_ext.core.domain_names import Leaf, domain_leaves
from base_automation_ext.core.expression_names import expression_names

ALL = None


@pytest.mark.parametrize(
    ("source", "old"),
    [
        ("old.stage_id", {"stage_id"}),
        ("old['stage_id'].name == 'x'", {"stage_id"}),
        ("old.a and new.b and record.c", {"a"}),
        ("changed('a', 'b')", {"a", "b"}),
        ("changed()", ALL),
        ("changed(*names)", ALL),
        ("changed(name)", ALL),
        ("any(changed(n) for n in ['a'])", ALL),
        ("old[name]", ALL),
        ("f(old)", ALL),
        ("not old", set()),
        ("bool(old) or record.x", set()),
        ("1 if old else 2", set()),
        ("old", set()),
        ("[old.a for x in record.line_ids if x]", {"a"}),
        ("record.amount_total > 10", set()),
        ("record.old.a", set()),
    ],
)
def test_old_values_an_expression_asks_for(source, old):
    """Only these are read before a change; None means any."""
    assert expression_names(source).old == (None if old is ALL else frozenset(old))


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("record.name", {"record"}),
        ("[x.a for x in record.line_ids]", {"record"}),
        ("(lambda a, b=user: a + c)(1)", {"user", "c"}),
        ("{k: v for k, v in d.items() if k}", {"d"}),
        ("sum(y for y in (x for x in z))", {"sum", "z"}),
        ("[x for x in a] + [x]", {"a", "x"}),
        ("1 + 1", set()),
    ],
)
def test_names_an_expression_does_not_define(source, free):
    assert expression_names(source).free == frozenset(free)


def test_unknown_names_are_sorted():
    assert expression_names("zeta + alpha + record").unknown({"record"}) == ["alpha", "zeta"]


def test_fields_and_references():
    """First step of each path, and the external ids."""
    names = expression_names("old.a == ref('m.x') and new['b'].c and record.d and user.e")
    assert names.fields == {("old", "a"), ("new", "b"), ("record", "d")}
    assert names.references == {"m.x"}


def test_text_that_is_no_expression():
    for source in ("a = 1", "1 +", "import os"):
        with pytest.raises(SyntaxError):
            expression_names(source)


@pytest.mark.parametrize(
    ("source", "leaves"),
    [
        ("[]", []),
        ("[('a', '=', 1)]", [Leaf("a", "=", frozenset([1]))]),
        ("['|', ('a.b', 'in', [1, 2]), (1, '=', 1)]", [Leaf("a.b", "in", frozenset([1, 2]))]),
        ("[('a', '!=', 1)]", [Leaf("a", "!=")]),
        ("[('a', 'in', [1, user.id])]", [Leaf("a", "in")]),
        ("[('a', '=', 'x')]", [Leaf("a", "=")]),
        ("[('a', '=', True)]", [Leaf("a", "=")]),
        ("[('a', 'any', [('b', '=', 1)])]", [Leaf("a", "any", nested=(Leaf("b", "=", {1}),))]),
        ("[('a', '=', now)] + [('b', '>', today)]", [Leaf("a", "="), Leaf("b", ">")]),
        ("[['a', 'child_of', 3]]", [Leaf("a", "child_of", frozenset([3]))]),
        ("[('not', 'an', 'operator')]", []),
    ],
)
def test_leaves_of_a_domain(source, leaves):
    """Paths, nested domains, and the records a leaf cannot do without."""
    assert list(domain_leaves(source)) == leaves
