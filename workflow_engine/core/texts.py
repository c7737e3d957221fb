"""What the texts of a definition refer to, without evaluating them."""

from __future__ import annotations

import ast
from functools import lru_cache


def lines_of(text: str) -> list[str]:
    """Return the expressions of a text: one a line, blank lines are ignored (2.2)."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@lru_cache(maxsize=4096)
def names_of(line: str) -> frozenset[str]:
    """Return the names an expression looks up, those it binds itself included.

    An empty set if it is no Python: evaluating it says so.
    """
    try:
        tree = ast.parse(line.strip(), mode="eval")
    except SyntaxError:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def calls_methods(line: str) -> bool:
    """Tell whether an expression calls anything that is not a plain name."""
    try:
        tree = ast.parse(line.strip(), mode="eval")
    except SyntaxError:
        return False
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return not all(isinstance(function, ast.Name) for function in calls)


def domain_fields(domain: object) -> frozenset[str] | None:
    """Return the fields of the record a domain reads; None if that cannot be told."""
    if not isinstance(domain, (list, tuple)):
        return None
    found: set[str] = set()
    for leaf in domain:
        if isinstance(leaf, (list, tuple)) and len(leaf) == 3 and isinstance(leaf[0], str):
            found.add(leaf[0].partition(".")[0])
        elif leaf not in ("&", "|", "!") and not isinstance(leaf, (list, tuple)):
            return None
    return frozenset(found)
