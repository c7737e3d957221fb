"""Domains compiled to closures, checked against a plain reading of the same domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_action_engine.core.domain import compile_domain
from server_action_engine.core.domain_sieve import Sieve

TYPES = {
    "name": "char",
    "amount": "integer",
    "price": "float",
    "done": "boolean",
    "state": "selection",
    "user_id": "many2one",
    "tag_ids": "many2many",
    "day": "date",
}
VALUES = {
    "name": st.sampled_from([False, "", "a", "Ab", "b"]),
    "amount": st.integers(-2, 2),
    "price": st.sampled_from([0.0, 0.5, -1.5]),
    "done": st.booleans(),
    "state": st.sampled_from([False, "new", "won"]),
    "user_id": st.sampled_from([False, 1, 2]),
}
OPERATORS = {
    "name": ["=", "!=", "in", "not in", "<", ">", "<=", ">=", "like", "not ilike", "ilike"],
    "amount": ["=", "!=", "in", "not in", "<", ">", "<=", ">="],
    "price": ["=", "!=", "in", "not in", "<", ">", "<=", ">="],
    "done": ["=", "!=", "in"],
    "state": ["=", "!=", "in", "not in"],
    "user_id": ["=", "!=", "in", "not in"],
}


@st.composite
def leaves(draw):
    name = draw(st.sampled_from(sorted(VALUES)))
    op = draw(st.sampled_from(OPERATORS[name]))
    if op in ("in", "not in"):
        return (name, op, draw(st.lists(VALUES[name].filter(lambda v: v != ""), max_size=3)))
    if op in ("<", ">", "<=", ">=") or op.endswith("like"):
        return (
            name,
            op,
            draw(VALUES[name].filter(lambda value: value is not False and value != "")),
        )
    return (name, op, draw(VALUES[name]))


trees = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.tuples(st.just("!"), inner),
        st.tuples(st.sampled_from("&|"), inner, inner),
    ),
    max_leaves=6,
)


def flat(tree):
    """Return the prefix notation of a tree."""
    if tree[0] not in ("!", "&", "|"):
        return [tree]
    return [tree[0], *(item for part in tree[1:] for item in flat(part))]


def holds(tree, row):
    """Evaluate a tree on one record, the slow and obvious way."""
    if tree[0] == "!":
        return not holds(tree[1], row)
    if tree[0] == "&":
        return holds(tree[1], row) and holds(tree[2], row)
    if tree[0] == "|":
        return holds(tree[1], row) or holds(tree[2], row)
    name, op, value = tree
    have = row[name]
    if op in ("=", "in"):
        return any(have == v or (not have and not v) for v in (value if op == "in" else [value]))
    if op in ("!=", "not in"):
        return not holds((name, "in", value if op == "not in" else [value]), row)
    if op.endswith("ilike"):
        return (value.lower() in (have or "").lower()) != op.startswith("not")
    if op.endswith("like"):
        return (value in (have or "")) != op.startswith("not")
    have = have or ("" if name == "name" else 0)
    return {"<": have < value, ">": have > value, "<=": have <= value, ">=": have >= value}[op]


@given(tree=trees, rows=st.lists(st.fixed_dictionaries(VALUES), max_size=5))
def test_compiled_domain_selects_what_it_says(tree, rows):
    """Any plain domain selects the same records as its literal reading, in order."""
    compiled = compile_domain(flat(tree), TYPES)
    columns = {name: [row[name] for row in rows] for name in compiled.names}
    selected = compiled.select(columns, range(len(rows)))
    assert list(selected) == [at for at, row in enumerate(rows) if holds(tree, row)]


def test_leaves_in_a_row_must_all_hold():
    """Leaves without an operator between them are joined by "and"; no leaf matches all."""
    compiled = compile_domain([("amount", ">", 1), ("done", "=", True)], TYPES)
    columns = {"amount": [2, 2, 0], "done": [True, False, True]}
    assert list(compiled.select(columns, range(3))) == [0]
    assert list(compile_domain([], TYPES).select({}, range(3))) == [0, 1, 2]


def test_accents_are_folded_when_case_does_not_matter():
    """The function given for accents is applied to both sides."""
    compiled = compile_domain([("name", "ilike", "É")], TYPES, lambda text: text.replace("é", "e"))
    assert list(compiled.select({"name": ["cafe", "CAFÉ", "x", False]}, range(4))) == [0, 1]


@pytest.mark.parametrize(
    "domain",
    [
        [("tag_ids", "in", [1])],
        [("user_id.name", "=", "x")],
        [("user_id", "=", "Mitchell")],
        [("user_id", "child_of", 1)],
        [("day", ">", "2020-01-01")],
        [("amount", ">", "3")],
        [("amount", "=", None)],
        [("done", "=", 1)],
        [("state", "=", "")],
        [("name", "ilike", "a%")],
        [("name", "=ilike", "a")],
        [("unknown", "=", 1)],
        ["&", ("amount", "=", 1)],
        ["&"],
        [("amount", "=")],
        [("amount", "in", 3)],
    ],
    ids=repr,
)
def test_what_is_not_plain_is_left_to_odoo(domain):
    """Anything that needs more than plain values, or is malformed, is not compiled."""
    assert compile_domain(domain, TYPES) is None


@pytest.mark.parametrize(("leaf", "expected"), [((1, "=", 1), [0, 1]), ((0, "=", 1), [])])
def test_constant_leaves(leaf, expected):
    """The leaves for "always" and "never" are understood."""
    assert list(compile_domain([leaf], TYPES).select({}, range(2))) == expected


# -- many at once: the sieve -----------------------------------------------------------------------


def sieve_of(*domains):
    return Sieve(enumerate(compile_domain(domain, TYPES) for domain in domains))


def always(_name):
    return True


@given(
    domains=st.lists(trees, max_size=8),
    rows=st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=4),
    hidden=st.sets(st.sampled_from(sorted(VALUES)), max_size=2),
    data=st.data(),
)
def test_no_domain_that_matches_is_lost(domains, rows, hidden, data):
    """Whatever matches one of the records is let through, in order, each once."""
    compiled = [compile_domain(flat(tree), TYPES) for tree in domains]
    columns = {name: [row[name] for row in rows] for name in VALUES}
    positions = data.draw(st.lists(st.sampled_from(range(len(rows))), min_size=1, unique=True))
    found = Sieve(enumerate(compiled)).candidates(
        columns, positions, lambda name: name not in hidden
    )
    assert found == sorted(set(found))
    matching = {number for number, one in enumerate(compiled) if one.select(columns, positions)}
    assert matching <= set(found)


def test_a_value_nobody_wants_rules_all_of_them_out():
    sieve = sieve_of(
        [("state", "=", "won"), ("amount", ">", 3)],
        [("amount", ">", 3), ("state", "in", ["won", "lost"])],
        ["|", ("state", "=", "won"), ("state", "=", "lost")],
        ["&", ("state", "=", "lost"), "!", ("done", "=", True)],
        [("state", "=", False)],
    )
    columns = {"state": ["new", "lost", None, "won"]}
    for position, expected in enumerate([[], [1, 2, 3], [4], [0, 1, 2]]):
        assert sieve.candidates(columns, [position], always) == expected
    assert sieve.candidates(columns, [0, 1], always) == [1, 2, 3]
    assert sieve.candidates(columns, range(4), always) == [0, 1, 2, 3, 4]


def test_a_number_out_of_bounds_rules_all_of_them_out():
    """As many questions for fifty limits as for one; whether a limit itself will do is asked."""
    sieve = sieve_of(
        *([("amount", ">", limit)] for limit in (5, 3, 9)),
        [("amount", "<=", 2)],
        [("amount", "<", 4), ("price", ">", 1)],
        [("amount", ">=", 3), ("state", "=", "won")],
    )
    columns = {"amount": [0, 3, 6, None], "price": [0, 0, 0, 0], "state": ["new"] * 4}
    for position, expected in enumerate([[3, 4], [1, 4], [0, 1], [3, 4]]):
        assert sieve.candidates(columns, [position], always) == expected
    assert sieve.candidates(columns, [0, 2], always) == [0, 1, 3, 4]
    hidden = sieve.candidates(columns, [0], lambda name: name != "amount")
    assert hidden == [0, 1, 2, 3, 4]


def test_not_a_number_is_beyond_no_limit():
    nan = float("nan")
    sieve = sieve_of([("price", ">", 1.0)], [("price", "<", 1.0)], [("price", ">", nan)])
    for rows, expected in (([nan], [2]), ([nan, 2.0], [0, 2]), ([0.5, nan], [1, 2])):
        assert sieve.candidates({"price": rows}, range(len(rows)), always) == expected


def test_what_needs_no_single_value_is_always_asked():
    sieve = Sieve(
        [
            (3, compile_domain([("name", ">", "b")], TYPES)),
            (1, compile_domain(["|", ("state", "=", "won"), ("done", "=", True)], TYPES)),
            (2, compile_domain(["!", ("state", "=", "won")], TYPES)),
            (5, None),
        ]
    )
    assert sieve.candidates({}, [0], always) == [1, 2, 3, 5]


def test_values_that_may_not_be_looked_at_rule_nothing_out():
    """Reading them early could compute them early."""
    sieve = sieve_of([("state", "=", "won")], [("user_id", "=", 1)])
    columns = {"user_id": [2]}
    assert sieve.candidates(columns, [0], lambda name: name != "state") == [0]
