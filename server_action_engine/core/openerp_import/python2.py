"""Bring expressions and code of OpenERP's Python 2 up to date, where that is safe."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass

#: Changes tried one after the other on text that is not valid Python 3.
_REPAIRS = (
    (re.compile(r"<>"), "!="),
    (re.compile(r"^(\s*)print\s+(?!\()(.+?)\s*$", re.M), r"\1print(\2)"),
    (re.compile(r"^(\s*except\s+[\w.()\s,]*?[\w.)])\s*,\s*(\w+)\s*:", re.M), r"\1 as \2:"),
    (re.compile(r"^(\s*raise\s+[\w.]+)\s*,\s*(.+?)\s*$", re.M), r"\1(\2)"),
    (re.compile(r"\b(\d+)[lL]\b"), r"\1"),
    (re.compile(r"\b0(\d+)\b"), r"0o\1"),
    (re.compile(r"\bur(['\"])"), r"r\1"),
    (re.compile(r"`([^`]+)`"), r"repr(\1)"),
)
_OLD_NAMES = frozenset({"unicode", "basestring", "long", "raw_input", "unichr", "reduce"})
_OLD_METHODS = frozenset({"has_key", "iteritems", "itervalues", "iterkeys"})
_OLD_MODULES = frozenset({"netsvc", "osv", "pooler", "wf_service"})


@dataclass(frozen=True)
class Modern:
    """The outcome for one text."""

    source: str
    """Valid Python 3, or the original text when ``problem`` is set."""
    changed: bool = False
    """The text was repaired."""
    problem: str = ""
    """Why it cannot run as it is: ``syntax``, ``old_api``, ``old_names`` or ``imports``."""
    detail: str = ""
    """The parser's message, or the name or call in question."""


def modernise(source: str, mode: str = "eval") -> Modern:
    """Return the text as Python 3, or say why it has to be rewritten by hand.

    :param mode: ``eval`` for expressions, ``exec`` for code
    """
    text = source.strip() if mode == "eval" else without_indent(source)
    tree, detail = _parse(text, mode)
    repaired = text
    if tree is None:
        for pattern, replacement in _REPAIRS:
            repaired = pattern.sub(replacement, repaired)
        tree, _second = _parse(repaired, mode)
    if tree is None:
        return Modern(text, problem="syntax", detail=detail)
    problem, what = _obstacle(tree)
    if problem:
        return Modern(text, problem=problem, detail=what)
    return Modern(repaired, changed=repaired != text)


def without_indent(source: str) -> str:
    """Return a block of code without the indentation it has inside its XML element."""
    return textwrap.dedent(source.expandtabs()).strip("\n ")


def _parse(text: str, mode: str) -> tuple[ast.AST | None, str]:
    try:
        return ast.parse(text, mode=mode), ""
    except SyntaxError as error:
        return None, error.msg or "invalid syntax"
    except (ValueError, RecursionError, MemoryError) as error:
        return None, str(error) or type(error).__name__


def _obstacle(tree: ast.AST) -> tuple[str, str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return "imports", ast.unparse(node)
        if isinstance(node, ast.Call) and _passes_cursor(node):
            return "old_api", ast.unparse(node.func)
        if isinstance(node, ast.Name) and node.id in _OLD_MODULES:
            return "old_api", node.id
        if isinstance(node, ast.Name) and node.id in _OLD_NAMES:
            return "old_names", node.id
        if isinstance(node, ast.Attribute) and node.attr in _OLD_METHODS:
            return "old_names", node.attr
    return "", ""


def _passes_cursor(call: ast.Call) -> bool:
    """``model.method(cr, uid, …)``: the calling convention that ended with Odoo 8."""
    names = [argument.id for argument in call.args[:2] if isinstance(argument, ast.Name)]
    return names[:1] == ["cr"]


def commented(text: str) -> str:
    """Return the text with every line turned into a comment."""
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def paths_in(source: str) -> list[tuple[str, ...]]:
    """Return the attribute chains that start at the record: ``object.a.b`` → ``("a", "b")``.

    Calls end a chain; the name of a called method is not part of it. Empty for invalid text.
    """
    tree, _detail = _parse(source.strip(), "exec")
    if tree is None:
        return []
    inner = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
    }
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            chain = _chain(node.value if id(node) in called else node)
            if chain and chain not in found:
                found.append(chain)
    return found


def _chain(node: ast.expr) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id in ("object", "obj"):
        return tuple(names)
    return ()


def rename_attributes(source: str, renamed: dict[tuple[str, ...], str]) -> str:
    """Replace attributes of the record by their present names.

    :param renamed: chain up to the attribute → new name: ``{("partner_id", "title"): "function"}``
    """
    tree, _detail = _parse(source, "exec")
    if tree is None or not renamed:
        return source
    lines = [line.encode() for line in source.split("\n")]
    places = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _chain(node) in renamed:
            places.append((node.end_lineno or 1, node.end_col_offset or 0, node))
    for line, end, node in sorted(places, key=lambda place: place[:2], reverse=True):
        old = node.attr.encode()
        text = lines[line - 1]
        if text[end - len(old) : end] == old:
            lines[line - 1] = text[: end - len(old)] + renamed[_chain(node)].encode() + text[end:]
    return b"\n".join(lines).decode()
