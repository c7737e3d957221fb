"""Evaluate what ``eval="…"`` attributes of data files hold, without running Python.

Only literals, ``ref()``, commands, ``+`` and ``%`` on texts and a few conversions are
understood; data files use little else. Everything beyond is :class:`Unknown` and keeps its
source.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

_COMMANDS = {"create": 0, "update": 1, "delete": 2, "unlink": 3, "link": 4, "clear": 5, "set": 6}
_CONVERSIONS = {"str": str, "unicode": str, "int": int, "float": float, "bool": bool}
#: A width or precision of this size in a format would fill the memory.
_WIDE_FORMAT = re.compile(r"%[^%a-zA-Z]*(\d{3}|\*)")
_CONSTANTS = {"True": True, "False": False, "None": None, "true": True, "false": False}


@dataclass(frozen=True)
class Ref:
    """An external id, as written in the file."""

    xml_id: str


@dataclass(frozen=True)
class Search:
    """The record a domain finds."""

    model: str
    domain: Any
    """List of leaves, or :class:`Unknown`."""
    use: str = ""


@dataclass(frozen=True)
class Unknown:
    """Something that needs a running OpenERP to be evaluated."""

    source: str


class _NotPlainError(Exception):
    pass


def evaluate(source: str) -> Any:
    """Return the value of an ``eval`` attribute.

    :returns: a literal whose leaves may be :class:`Ref`; :class:`Unknown` if it is not plain
    """
    try:
        return _value(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        return Unknown(source)
    except _NotPlainError:
        return Unknown(source)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in _CONSTANTS:
        return _CONSTANTS[node.id]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = [_value(item) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    if isinstance(node, ast.Dict):
        return _dict(node)
    if isinstance(node, ast.UnaryOp):
        return _unary(node)
    if isinstance(node, ast.BinOp):
        return _binary(node)
    if isinstance(node, ast.Call) and not node.keywords:
        return _call(node)
    raise _NotPlainError


def _dict(node: ast.Dict) -> dict[Any, Any]:
    if any(key is None for key in node.keys):
        raise _NotPlainError
    return {
        _value(key): _value(value)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    }


def _unary(node: ast.UnaryOp) -> Any:
    value = _value(node.operand)
    if isinstance(node.op, ast.Not):
        return not value
    if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
        return -value
    raise _NotPlainError


@dataclass(frozen=True)
class RefText:
    """A text with the id of a record in it, such as ``'ir.actions.server,' + str(ref('x'))``."""

    before: str
    ref: Ref
    after: str = ""


def _binary(node: ast.BinOp) -> Any:
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.op, ast.Add):
        return _add(left, right)
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        return _format(left, right)
    raise _NotPlainError


def _add(left: Any, right: Any) -> Any:
    if type(left) is type(right) and isinstance(left, (str, int, float, list, tuple)):
        return left + right
    if isinstance(left, str) and isinstance(right, Ref):
        return RefText(left, right)
    raise _NotPlainError


def _format(left: str, right: Any) -> Any:
    if _WIDE_FORMAT.search(left):
        raise _NotPlainError
    values = right if isinstance(right, tuple) else (right,)
    refs = [value for value in values if isinstance(value, Ref)]
    if not refs:
        return left % right
    # One mark per reference; \0 cannot occur in a file.
    marked = left.replace("%d", "%s") % tuple(
        "\0" if isinstance(value, Ref) else value for value in values
    )
    before, *after = marked.split("\0")
    if len(refs) != 1 or len(after) != 1:
        raise _NotPlainError
    return RefText(before, refs[0], after[0])


def _call(node: ast.Call) -> Any:
    arguments = [_value(argument) for argument in node.args]
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        if node.func.value.id == "Command" and node.func.attr in _COMMANDS:
            return _command(_COMMANDS[node.func.attr], arguments)
        raise _NotPlainError
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "ref" and len(arguments) == 1 and isinstance(arguments[0], str):
        return Ref(arguments[0])
    if name in _CONVERSIONS and len(arguments) == 1:
        return arguments[0] if isinstance(arguments[0], Ref) else _CONVERSIONS[name](arguments[0])
    if name in ("list", "tuple") and len(arguments) == 1:
        return list(arguments[0])
    raise _NotPlainError


def _command(number: int, arguments: list[Any]) -> tuple[Any, ...]:
    if number in (0, 6):
        return (number, 0, *arguments)
    return (number, *arguments, 0) if len(arguments) < 2 else (number, *arguments)
