"""Source text of conditions, expressions and code blocks: parsing, guarding and caching.

Compiling dominates the price of a small expression by two orders of magnitude, so every source
is compiled once per process, keyed by its content. What a source may contain is decided by a
``check`` passed in (Odoo's opcode rules), so this module needs no Odoo.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, Literal

from .errors import ExpressionError

Mode = Literal["eval", "exec"]
#: Name under which :func:`guarded_format` is bound while a source runs. Sources cannot use it:
#: the parser below refuses it.
FORMAT_GUARD = "_engine_format"
_FORMAT_METHODS = frozenset({"format", "format_map"})
#: Attributes without an underscore that lead to frames, code and globals; the list is Odoo's
#: (``odoo/tools/safe_eval.py``, ``_UNSAFE_ATTRIBUTES``), which checks names at compile time only.
UNSAFE_ATTRIBUTES = frozenset(
    {
        "f_builtins", "f_code", "f_globals", "f_locals", "func_code", "func_globals", "co_code",
        "mro", "tb_frame", "gi_code", "gi_frame", "gi_yieldfrom", "cr_await", "cr_code",
        "cr_frame", "cr_origin", "ag_await", "ag_code", "ag_frame",
    }
)  # fmt: skip
_CACHE_SIZE = 4096

#: Name of a source in tracebacks, unless it has a better one.
SOURCE_NAME = "<action>"

_code_cache: dict[tuple[str, Mode, str], CodeType] = {}


class _GuardFormat(ast.NodeTransformer):
    """Route every access to ``.format`` and ``.format_map`` through the guard."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr not in _FORMAT_METHODS or not isinstance(node.ctx, ast.Load):
            return node
        call = ast.Call(
            func=ast.Name(id=FORMAT_GUARD, ctx=ast.Load()),
            args=[node.value, ast.Constant(value=node.attr)],
            keywords=[],
        )
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == FORMAT_GUARD:
            raise NameError(f"The name {FORMAT_GUARD!r} is reserved.")
        return node


class _GuardedFormatter(string.Formatter):
    """``str.format`` that reads no private attribute and none of Python's own machinery.

    A format string walks attributes at run time, behind the back of any check of names made at
    compile time (``"{0.__class__}"``).
    """

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, Any]:
        # ``_string.formatter_field_name_split`` is what ``str.format`` itself uses; going through
        # the attribute parts again here is cheap and needs no private import.
        for part in field_name.replace("[", ".").replace("]", "").split(".")[1:]:
            if part.startswith("_") or part in UNSAFE_ATTRIBUTES:
                raise ExpressionError(
                    f"The format string refers to {field_name!r}. Attributes that start with an "
                    "underscore, and those of frames and code, cannot be read."
                )
        found: tuple[Any, Any] = super().get_field(field_name, args, kwargs)
        return found


_formatter = _GuardedFormatter()


def guarded_format(value: Any, name: str) -> Any:
    """Return what ``value.format`` or ``value.format_map`` may be used for in a source."""
    if isinstance(value, str):
        if name == "format_map":
            return lambda mapping: _formatter.vformat(value, (), mapping)
        return lambda *args, **kwargs: _formatter.vformat(value, args, kwargs)
    if isinstance(value, type) and issubclass(value, str):
        if name == "format_map":
            return lambda text, mapping: _formatter.vformat(text, (), mapping)
        return lambda text, *args, **kwargs: _formatter.vformat(text, args, kwargs)
    return getattr(value, name)


def compile_source(
    source: str,
    mode: Mode,
    check: Callable[[CodeType, str], None],
    filename: str = SOURCE_NAME,
) -> CodeType:
    """Return the code object of ``source``, compiled once per process and name.

    :param source: Python text; leading and trailing white space is ignored
    :param mode: ``eval`` for an expression, ``exec`` for statements
    :param check: raises when the code object contains something that is not allowed
    :param filename: name of the source in tracebacks
    :raises SyntaxError: the text is not Python
    :raises Exception: whatever ``check`` raises
    """
    text = source.strip()
    key = (text, mode, filename)
    code = _code_cache.get(key)
    if code is None:
        tree = _GuardFormat().visit(ast.parse(text, filename, mode))
        code = compile(tree, filename, mode)
        check(code, text)
        if len(_code_cache) >= _CACHE_SIZE:
            _code_cache.clear()
        _code_cache[key] = code
    return code


@lru_cache(maxsize=_CACHE_SIZE)
def names_in(source: str) -> frozenset[str]:
    """Return the names, attributes and string constants a source mentions.

    An empty set when the text is not Python: the compiler will say so with a better message.
    """
    try:
        tree = ast.parse(source.strip(), SOURCE_NAME, "exec")
    except SyntaxError:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(found)


@lru_cache(maxsize=_CACHE_SIZE)
def calls_methods(source: str) -> bool:
    """Tell whether a source calls a method of anything: ``record.write({})``, not ``len(x)``."""
    try:
        tree = ast.parse(source.strip(), SOURCE_NAME, "exec")
    except SyntaxError:
        return False
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        for node in ast.walk(tree)
    )


def is_blank(source: str | None) -> bool:
    """Tell whether a source has nothing to run: empty, or comments only."""
    return not source or not any(
        line.strip() and not line.strip().startswith("#") for line in source.splitlines()
    )


def failing_line(exc: BaseException, filename: str = SOURCE_NAME) -> int | None:
    """Return the line of the source at which ``exc`` was raised, None if it was elsewhere."""
    line = None
    trace = exc.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    if line is None and isinstance(exc, SyntaxError):
        line = exc.lineno
    return line
