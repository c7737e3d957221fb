"""A filter as the condition under which the web client shows something.

The web client evaluates Python expressions over the values of the record in the form. It knows the
record's own fields, and ``uid``; nothing else of what a filter may say can be decided there.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from odoo.addons.server_action_engine.core.errors import ConfigurationError

_PLAIN = frozenset({"boolean", "char", "text", "selection", "many2one", "many2one_reference"})
_NUMBERS = frozenset({"integer", "float", "monetary"})
_ORDERED = frozenset({"char", "text", "date", "datetime"})
_MANY = frozenset({"many2many", "one2many"})
_TYPES = _PLAIN | _NUMBERS | _ORDERED | _MANY
_ORDER = frozenset({"<", "<=", ">", ">="})
_UNARY, _BINARY = "!", {"&": "and", "|": "or"}


class ClientConditionError(ConfigurationError):  # type: ignore[misc]  # typed elsewhere
    """A filter cannot be decided in the web client.

    :param reason: one of ``syntax``, ``name``, ``path``, ``unknown``, ``restricted``, ``type``,
        ``operator``, ``value``
    :param what: the part of the filter
    """

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(f"{reason}: {what}" if what else reason)
        self.reason = reason
        self.what = what


@dataclass(frozen=True)
class _Name:
    """A name in the place of a value."""

    text: str

    def __repr__(self) -> str:
        return self.text


def client_condition(text: str, types: Mapping[str, str], restricted: Collection[str] = ()) -> str:
    """Return a filter as a Python expression for the web client; "" when it is always true.

    :param text: the filter as its author wrote it
    :param types: the types of the model's fields by name
    :param restricted: fields that not everybody may read, so that not every client has them
    :raises ClientConditionError: it needs something the client does not know
    """
    stack: list[str] = []
    for item in reversed(_read(text)):
        if item == _UNARY:
            stack.append(f"not ({_pop(stack)})")
        elif isinstance(item, str) and item in _BINARY:
            stack.append(f"({_pop(stack)}) {_BINARY[item]} ({_pop(stack)})")
        else:
            stack.append(_leaf(item, types, restricted))
    return " and ".join(f"({part})" for part in reversed(stack))


def _pop(stack: list[str]) -> str:
    if not stack:
        raise ClientConditionError("syntax")
    return stack.pop()


def _read(text: str) -> list[Any]:
    try:
        found = _value(ast.parse(text.strip() or "[]", mode="eval").body)
    except SyntaxError as exc:
        raise ClientConditionError("syntax") from exc
    if not isinstance(found, list):
        raise ClientConditionError("syntax")
    return found


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        items = [_value(item) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _value(node.operand)
        if isinstance(number, int | float):
            return -number
    if isinstance(node, ast.Name) and node.id == "uid":
        return _Name("uid")
    raise ClientConditionError("name", ast.unparse(node))


def _leaf(item: Any, types: Mapping[str, str], restricted: Collection[str]) -> str:
    if not isinstance(item, tuple | list) or len(item) != 3:
        raise ClientConditionError("syntax")
    name, operator, value = item
    if name in (0, 1) and not isinstance(name, bool):
        return str(bool(name == value) if operator == "=" else bool(name != value))
    _check_field(name, types, restricted)
    operator = {"==": "=", "<>": "!="}.get(operator, operator)
    if operator in _ORDER:
        return _ordered(name, types[name], operator, value)
    if operator in ("=", "!="):
        return _negated(operator == "!=", _equal(name, types[name], value))
    if operator in ("in", "not in") and isinstance(value, list | tuple):
        parts = [_equal(name, types[name], one) for one in value] or ["False"]
        return _negated(operator == "not in", " or ".join(parts))
    raise ClientConditionError("operator", f"{name} {operator}")


def _check_field(name: Any, types: Mapping[str, str], restricted: Collection[str]) -> None:
    if not isinstance(name, str):
        raise ClientConditionError("syntax")
    if "." in name:
        raise ClientConditionError("path", name)
    if name not in types:
        raise ClientConditionError("unknown", name)
    if types[name] not in _TYPES:
        raise ClientConditionError("type", name)
    if name in restricted:
        raise ClientConditionError("restricted", name)


def _negated(negative: bool, expression: str) -> str:
    return f"not ({expression})" if negative else expression


def _equal(name: str, kind: str, value: Any) -> str:
    if value is None or value is False:
        return f"not {name}"
    if isinstance(value, list | tuple):
        raise ClientConditionError("value", name)
    if value is True:
        return name
    if kind in ("many2one", *_MANY) and not isinstance(value, int | _Name):
        # A text is looked up among the names of records, which the client does not have.
        raise ClientConditionError("value", name)
    return f"{value!r} in {name}" if kind in _MANY else f"{name} == {value!r}"


def _ordered(name: str, kind: str, operator: str, value: Any) -> str:
    if isinstance(value, bool | list | tuple | _Name) or value is None:
        raise ClientConditionError("value", name)
    if kind in _NUMBERS and isinstance(value, int | float):
        return f"{name} {operator} {value!r}"
    if kind in _ORDERED and isinstance(value, str):
        # An empty value is before nothing and after nothing; the client would compare it.
        return f"{name} and {name} {operator} {value!r}"
    raise ClientConditionError("operator", f"{name} {operator}")
