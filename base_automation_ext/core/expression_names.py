"""What an expression of a rule names: old values, fields, external ids, unknown things.

Read from the syntax tree, so that only the old values an expression really compares are kept, and
so that a mistake is found when the rule is saved and not when somebody else saves a record.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

#: Names that stand for the record at hand. ``old`` is the record as it was.
RECORD_NAMES = frozenset({"record", "object", "obj", "new", "old"})


@dataclass(frozen=True, slots=True)
class ExpressionNames:
    """The names in one expression."""

    free: frozenset[str] = frozenset()
    """Names the expression does not define itself."""
    old: frozenset[str] | None = frozenset()
    """Fields whose old value it asks for; None when that cannot be told: any of them."""
    fields: frozenset[tuple[str, str]] = frozenset()
    """``(name of the record, attribute or key)``, such as ``("old", "stage_id")``."""
    references: frozenset[str] = frozenset()
    """External ids in ``ref("…")``."""

    def unknown(self, known: Collection[str]) -> list[str]:
        """Return the names that are not in ``known``, sorted."""
        return sorted(self.free.difference(known))


@lru_cache(maxsize=4096)
def expression_names(source: str) -> ExpressionNames:
    """Return what the expression ``source`` names.

    :raises SyntaxError: it is no expression
    """
    text = source.strip()
    tree = ast.parse(text, "<filter>", "eval")
    visitor = _Visitor()
    visitor.visit(tree)
    return ExpressionNames(
        free=frozenset(_free(symtable.symtable(text, "<filter>", "eval"))),
        old=None if visitor.wants_all else frozenset(visitor.old),
        fields=frozenset(visitor.fields),
        references=frozenset(visitor.references),
    )


def _free(table: symtable.SymbolTable) -> set[str]:
    inner = table.get_type() != "module"
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or not inner)
    }
    for child in table.get_children():
        found |= _free(child)
    return found


class _Visitor(ast.NodeVisitor):
    def __init__(self) -> None:
        self.old: set[str] = set()
        self.fields: set[tuple[str, str]] = set()
        self.references: set[str] = set()
        self.wants_all = False

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in RECORD_NAMES:
            self._field(node.value.id, node.attr)
        else:
            self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        key = node.slice
        if (
            isinstance(node.value, ast.Name)
            and node.value.id in RECORD_NAMES
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
        ):
            self._field(node.value.id, key.value)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        texts = [
            argument.value
            for argument in node.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        if name == "changed":
            if not texts or len(texts) != len(node.args):
                self.wants_all = True
            self.old.update(texts)
            self.fields.update(("old", text) for text in texts)
            self._visit_arguments(node)
        elif name == "bool" and len(node.args) == 1 and _is_old(node.args[0]):
            pass
        else:
            if name == "ref":
                self.references.update(texts)
            self.generic_visit(node)

    def _visit_arguments(self, node: ast.Call) -> None:
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)

    # ``old`` alone only says whether there was a record before.

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if not (isinstance(node.op, ast.Not) and _is_old(node.operand)):
            self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for value in node.values:
            if not _is_old(value):
                self.visit(value)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        for part in (node.test, node.body, node.orelse):
            if part is not node.test or not _is_old(part):
                self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in ("old", "changed"):
            self.wants_all = True

    def visit_Expression(self, node: ast.Expression) -> None:
        if not _is_old(node.body):
            self.visit(node.body)

    def _field(self, record: str, name: str) -> None:
        self.fields.add((record, name))
        if record == "old":
            self.old.add(name)


def _is_old(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "old"
