"""Filters of rules as trees, read without evaluating anything in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

ALL = "&"
ANY = "|"


@dataclass(frozen=True, slots=True)
class Formula:
    """A value that is worked out when the filter is evaluated: its source text."""

    source: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition."""

    path: str
    """Field, or fields separated by dots."""
    operator: str
    value: Any
    """A literal, a :class:`Formula`, or a tree for the operators ``any`` and ``not any``."""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all or any must be met."""

    operator: str
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    child: Node


@dataclass(frozen=True, slots=True)
class Constant:
    """Always or never."""

    value: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A filter that is no list of conditions: its source text."""

    source: str


Node = Leaf | Group | Not | Constant | Unreadable


def parse_filter(text: str | None) -> Node | None:
    """Return the tree of a filter as its author wrote it; None for no filter.

    Groups that say the same are joined: three conditions in a row are one group of three.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        expression = ast.parse(text, mode="eval").body
        nodes = _nodes(expression)
    except (SyntaxError, ValueError, _NotAFilter):
        return Unreadable(text)
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else _group(ALL, nodes)


def conditions_of(node: Node | None) -> tuple[Node, ...]:
    """Return the conditions that must all be met."""
    if node is None:
        return ()
    if isinstance(node, Group) and node.operator == ALL:
        return node.children
    return (node,)


def without(node: Node | None, implied: Node | None) -> tuple[Node, ...]:
    """Return the conditions of ``node`` without those of ``implied``."""
    known = conditions_of(implied)
    return tuple(child for child in conditions_of(node) if child not in known)


def leaves_of(node: Node | None, prefix: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield all conditions with the whole path of each, those within ``any`` included."""
    if isinstance(node, Leaf):
        path = prefix + node.path
        yield path, node
        if isinstance(node.value, (Leaf, Group, Not)):
            yield from leaves_of(node.value, f"{path}.")
    elif isinstance(node, Group):
        for child in node.children:
            yield from leaves_of(child, prefix)
    elif isinstance(node, Not):
        yield from leaves_of(node.child, prefix)


class _NotAFilter(Exception):
    """The text is a Python expression, but no filter."""


def _nodes(expression: ast.expr) -> list[Node]:
    """Return the conditions of a list in prefix notation, in the order of the list."""
    if not isinstance(expression, (ast.List, ast.Tuple)):
        raise _NotAFilter
    stack: list[Node] = []
    try:
        for item in reversed(expression.elts):
            if isinstance(item, ast.Constant) and item.value in (ALL, ANY, "!"):
                if item.value == "!":
                    stack.append(_negated(stack.pop()))
                else:
                    stack.append(_group(item.value, [stack.pop(), stack.pop()]))
            else:
                stack.append(_leaf(item))
    except IndexError:
        raise _NotAFilter from None
    return stack[::-1]


def _group(operator: str, nodes: list[Node]) -> Group:
    children: list[Node] = []
    for node in nodes:
        if isinstance(node, Group) and node.operator == operator:
            children.extend(node.children)
        else:
            children.append(node)
    return Group(operator, tuple(children))


def _negated(node: Node) -> Node:
    return node.child if isinstance(node, Not) else Not(node)


def _leaf(item: ast.expr) -> Node:
    if not isinstance(item, (ast.List, ast.Tuple)) or len(item.elts) != 3:
        raise _NotAFilter
    path, operator, value = item.elts
    if not isinstance(path, ast.Constant) or not isinstance(operator, ast.Constant):
        raise _NotAFilter
    if isinstance(path.value, int) and path.value in (0, 1):
        # ``(1, '=', 1)`` and ``(0, '=', 1)``.
        return Constant(bool(path.value))
    if not isinstance(path.value, str) or not isinstance(operator.value, str):
        raise _NotAFilter
    return Leaf(path.value, operator.value.lower(), _value(operator.value.lower(), value))


def _value(operator: str, value: ast.expr) -> Any:
    if operator in ("any", "not any"):
        nodes = _nodes(value)
        if not nodes:
            return Constant(True)
        return nodes[0] if len(nodes) == 1 else _group(ALL, nodes)
    try:
        literal = ast.literal_eval(value)
    except ValueError:
        if isinstance(value, (ast.List, ast.Tuple)):
            return tuple(_value("=", part) for part in value.elts)
        return Formula(ast.unparse(value))
    # Hashable, and the same whichever brackets its author chose.
    return tuple(literal) if isinstance(literal, (list, tuple, set)) else literal


def split_conditions(domain: Sequence[Any]) -> list[list[Any]]:
    """Return the parts of a domain that must all be met, as domains in prefix notation.

    In the order of :func:`conditions_of` on the same filter.
    """
    stack: list[list[list[Any]]] = []
    for item in reversed(list(domain)):
        if item == "!":
            stack.append([["!", *_joined(stack.pop())]])
        elif item == ALL:
            stack.append([*stack.pop(), *stack.pop()])
        elif item == ANY:
            stack.append([[ANY, *_joined(stack.pop()), *_joined(stack.pop())]])
        else:
            stack.append([[item]])
    return [part for parts in reversed(stack) for part in parts]


def _joined(parts: list[list[Any]]) -> list[Any]:
    return [ALL] * (len(parts) - 1) + [item for part in parts for item in part]
