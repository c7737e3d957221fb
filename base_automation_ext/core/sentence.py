"""Conditions and whole rules in plain words.

Labels, names of records and translations are the business of a :class:`Vocabulary`; which words
stand in which order is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .condition_tree import ALL, Constant, Formula, Group, Leaf, Node, Not
from .triggers.base import _lt

_MANY = frozenset({"one2many", "many2many"})
_DATES = frozenset({"date", "datetime"})
_OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "in": "not in",
    "not in": "in",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "like": "not like",
    "not like": "like",
    "ilike": "not ilike",
    "not ilike": "ilike",
    "any": "not any",
    "not any": "any",
}
#: Spellings that mean the same.
_SAME = {
    "==": "=",
    "<>": "!=",
    "any!": "any",
    "not any!": "not any",
    "=?": "=",
}

_PHRASES = {
    "=": _lt("%(field)s is %(value)s"),
    "in": _lt("%(field)s is %(value)s"),
    "!=": _lt("%(field)s is not %(value)s"),
    "not in": _lt("%(field)s is not %(value)s"),
    "<": _lt("%(field)s is under %(value)s"),
    ">": _lt("%(field)s is over %(value)s"),
    "<=": _lt("%(field)s is at most %(value)s"),
    ">=": _lt("%(field)s is at least %(value)s"),
    "like": _lt("%(field)s contains %(value)s"),
    "ilike": _lt("%(field)s contains %(value)s"),
    "not like": _lt("%(field)s does not contain %(value)s"),
    "not ilike": _lt("%(field)s does not contain %(value)s"),
    "=like": _lt("%(field)s matches the pattern %(value)s"),
    "=ilike": _lt("%(field)s matches the pattern %(value)s"),
    "child_of": _lt("%(field)s is %(value)s or one of its children"),
    "parent_of": _lt("%(field)s is %(value)s or one of its parents"),
    "any": _lt("for at least one of %(field)s, %(conditions)s"),
    "not any": _lt("for none of %(field)s, %(conditions)s"),
}
_DATE_PHRASES = {
    "<": _lt("%(field)s is before %(value)s"),
    ">": _lt("%(field)s is after %(value)s"),
    "<=": _lt("%(field)s is %(value)s or earlier"),
    ">=": _lt("%(field)s is %(value)s or later"),
}
_MANY_PHRASES = {
    "=": _lt("%(value)s is among %(field)s"),
    "in": _lt("%(value)s is among %(field)s"),
    "!=": _lt("%(value)s is not among %(field)s"),
    "not in": _lt("%(value)s is not among %(field)s"),
}
_EMPTY = {"=": _lt("%(name)s is empty"), "!=": _lt("%(name)s is not empty")}
_TICKED = {True: _lt("%(name)s is ticked"), False: _lt("%(name)s is not ticked")}
_THE = _lt("the %(field)s")
_THE_OF = _lt("the %(field)s of %(owner)s")
_QUOTED = _lt("“%(field)s”")
_QUOTED_OF = _lt("“%(field)s” of %(owner)s")
_OTHER_OPERATOR = _lt("%(field)s %(operator)s %(value)s")
_NOT_TRUE = _lt("it is not true that %(condition)s")
_ALWAYS = _lt("every record matches")
_NEVER = _lt("no record matches")
_UNREADABLE = _lt("the formula “%(formula)s” is true")
_NOTHING = _lt("empty")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What people call the fields of a path."""

    labels: tuple[str, ...]
    """Their labels, from the record to the field itself."""
    kind: str
    """Type of the field itself; empty when there is no such field."""


class Vocabulary(Protocol):
    """What a database knows about words."""

    def say(self, text: str, values: Mapping[str, str]) -> str:
        """Return ``text`` in the reader's language with its placeholders filled."""

    def lower(self, label: str) -> str:
        """Return a label as it is written within a sentence."""

    def join(self, parts: Sequence[str], word: str) -> str:
        """Return a list in words, with ``"and"`` or ``"or"`` before the last part."""

    def field(self, path: str) -> FieldWords:
        """Return what the fields of a path are called."""

    def value(self, path: str, value: Any) -> str:
        """Return one value of a field as people read it."""


class Speaker:
    """Puts conditions into words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary

    def conditions(self, nodes: Sequence[Node]) -> str:
        """Return conditions that must all be met; an empty text for none."""
        return self.words.join(self.clauses(nodes), "and")

    def clauses(self, nodes: Sequence[Node]) -> list[str]:
        """Return conditions that must all be met, one text each."""
        return [self.condition(node, inside=len(nodes) > 1) for node in nodes]

    def condition(self, node: Node, prefix: str = "", inside: bool = False) -> str:
        """Return one condition.

        :param prefix: path before that of the condition, with a dot at its end
        :param inside: whether it is part of a group, so that one it contains needs brackets
        """
        if isinstance(node, Leaf):
            return self._leaf(node, prefix)
        if isinstance(node, Group):
            return self._group(node, prefix, inside)
        if isinstance(node, Not):
            return self._negated(node.child, prefix)
        if isinstance(node, Constant):
            return self._say(_ALWAYS if node.value else _NEVER)
        return self._say(_UNREADABLE, formula=node.source)

    def field(self, path: str, prefix: str = "") -> str:
        """Return a field within a sentence: *the country of the customer*."""
        return self._chain(path, prefix, _THE, _THE_OF)

    def bare_field(self, path: str) -> str:
        """Return the label of a field within a sentence, without an article."""
        return self.words.lower(self.words.field(path).labels[-1])

    def values(self, path: str, value: Any) -> str:
        """Return one value, or several of which any is meant."""
        if isinstance(value, tuple):
            return self.words.join([self.values(path, one) for one in value], "or")
        if value is False or value is None:
            return self._say(_NOTHING)
        return self.words.value(path, value)

    # -- parts ------------------------------------------------------------------------------------

    def _say(self, text: str, **values: str) -> str:
        return self.words.say(text, values)

    def _group(self, node: Group, prefix: str, inside: bool) -> str:
        parts = [self.condition(child, prefix, inside=True) for child in node.children]
        text = self.words.join(parts, "and" if node.operator == ALL else "or")
        return f"({text})" if inside else text

    def _negated(self, node: Node, prefix: str) -> str:
        if isinstance(node, Leaf) and _normal(node.operator) in _OPPOSITE:
            opposite = _OPPOSITE[_normal(node.operator)]
            return self._leaf(Leaf(node.path, opposite, node.value), prefix)
        return self._say(_NOT_TRUE, condition=self.condition(node, prefix, inside=True))

    def _leaf(self, leaf: Leaf, prefix: str) -> str:
        path, operator, value = prefix + leaf.path, _normal(leaf.operator), leaf.value
        kind = self.words.field(path).kind
        if isinstance(value, tuple) and len(value) == 1 and operator in ("in", "not in"):
            operator, value = ("=" if operator == "in" else "!="), value[0]
        if isinstance(value, (Leaf, Group, Not, Constant)):
            conditions = self.condition(value, f"{path}.")
            return self._phrase(_PHRASES, operator, leaf.path, prefix, conditions=conditions)
        name = self._chain(leaf.path, prefix, _QUOTED, _QUOTED_OF)
        if kind == "boolean" and operator in _EMPTY and not isinstance(value, Formula):
            return self._say(_TICKED[bool(value) == (operator == "=")], name=name)
        if (value is False or value is None) and operator in _EMPTY:
            return self._say(_EMPTY[operator], name=name)
        table = _MANY_PHRASES if kind in _MANY else _DATE_PHRASES if kind in _DATES else _PHRASES
        return self._phrase(
            table if operator in table else _PHRASES,
            operator,
            leaf.path,
            prefix,
            value=self.values(path, value),
        )

    def _phrase(
        self, table: Mapping[str, str], operator: str, path: str, prefix: str, **values: str
    ) -> str:
        text = table.get(operator, _OTHER_OPERATOR)
        return self._say(text, field=self.field(path, prefix), operator=operator, **values)

    def _chain(self, path: str, prefix: str, last: str, last_of: str) -> str:
        """Return the fields of a path, the last one first; those of ``prefix`` are understood."""
        *owners, label = self.words.field(prefix + path).labels[prefix.count(".") :]
        owner = ""
        for name in owners:
            said = self.words.lower(name)
            owner = self._say(_THE_OF if owner else _THE, field=said, owner=owner)
        shown = label if last is _QUOTED else self.words.lower(label)
        return self._say(last_of if owner else last, field=shown, owner=owner)


def _normal(operator: str) -> str:
    return _SAME.get(operator, operator)
