"""What a search domain names: paths, records by id and by external id.

Read from the syntax tree, because a domain may contain names (``user.id``) whose values are known
only when it is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_OPERATORS = frozenset(
    {
        "=", "!=", "<", "<=", ">", ">=", "in", "not in", "<>", "==",
        "like", "not like", "ilike", "not ilike", "=like", "not =like", "=ilike", "not =ilike",
        "child_of", "parent_of", "any", "not any", "any!", "not any!", "=?",
    }
)  # fmt: skip
#: With these operators a leaf can match only while its records exist.
_NEEDING = frozenset({"=", "==", "in", "child_of", "parent_of"})
_NESTED = frozenset({"any", "not any", "any!", "not any!"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition of a domain."""

    path: str
    """Field or dotted path, as written."""
    operator: str
    ids: frozenset[int] = frozenset()
    """Plain numbers without which the leaf cannot match; ids, if the field is relational."""
    nested: tuple[Leaf, ...] = ()
    """Leaves of the domain in its value, on the model the path leads to."""


@lru_cache(maxsize=4096)
def domain_leaves(source: str) -> tuple[Leaf, ...]:
    """Return the leaves of a domain, outermost only, in order.

    :raises SyntaxError: the text is no expression
    """
    return tuple(_leaves(ast.parse(source.strip(), "<domain>", "eval").body))


def _leaves(node: ast.AST) -> Iterator[Leaf]:
    if isinstance(node, (ast.Tuple, ast.List)) and (leaf := _leaf(node)):
        yield leaf
        return
    for child in ast.iter_child_nodes(node):
        yield from _leaves(child)


def _leaf(node: ast.Tuple | ast.List) -> Leaf | None:
    if len(node.elts) != 3:
        return None
    path, operator, value = node.elts
    if not (isinstance(path, ast.Constant) and isinstance(path.value, str)):
        return None
    if not (isinstance(operator, ast.Constant) and operator.value in _OPERATORS):
        return None
    return Leaf(
        path.value,
        operator.value,
        frozenset(_ids(value)) if operator.value in _NEEDING else frozenset(),
        tuple(_leaves(value)) if operator.value in _NESTED else (),
    )


def _ids(node: ast.AST) -> list[int]:
    """Return the numbers in a value; none if it also holds something else."""
    parts = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]
    found = [
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and type(part.value) is int and part.value > 0
    ]
    return found if len(found) == len(parts) else []
