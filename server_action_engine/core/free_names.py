"""Which names a source takes from outside: those it reads before it gives them a value itself."""

from __future__ import annotations

import ast
from functools import lru_cache


@lru_cache(maxsize=4096)
def free_names(source: str) -> frozenset[str]:
    """Return the names a source reads from outside.

    Attributes and texts are no names: ``record.line_ids.ids`` reads ``record`` alone. Nor is a
    variable of the source's own: ``for record in model.search([]): …`` reads ``model`` alone.

    An empty set when the text is not Python: the compiler will say so with a better message.
    """
    try:
        tree = ast.parse(source.strip(), mode="exec")
    except (SyntaxError, ValueError):
        return frozenset()
    reader = _Reader()
    reader.visit(tree)
    return frozenset(reader.free)


class _Reader(ast.NodeVisitor):
    """Walks a source in the order in which Python runs it."""

    def __init__(self) -> None:
        self.free: set[str] = set()
        self.bound: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)
        elif node.id not in self.bound:
            self.free.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._visit_all(node.value, *node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.visit_Name(ast.Name(node.target.id, ast.Load()))
        self._visit_all(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit_all(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._visit_all(node.iter, node.target, *node.body, *node.orelse)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.bound.add(node.name)
        self._visit_all(*node.decorator_list)
        self._visit_function(node.args, *node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_function(node.args, node.body)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._visit_comprehension(node.generators, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp  # type: ignore[assignment]

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._visit_comprehension(node.generators, node.key, node.value)

    def _visit_comprehension(self, generators: list[ast.comprehension], *results: ast.expr) -> None:
        outside = set(self.bound)
        for part in generators:
            self._visit_all(part.iter, part.target, *part.ifs)
        self._visit_all(*results)
        self.bound = outside

    def _visit_function(self, arguments: ast.arguments, *body: ast.AST) -> None:
        self._visit_all(*arguments.defaults, *arguments.kw_defaults)
        outside = set(self.bound)
        self.bound |= {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
        self._visit_all(*body)
        self.bound = outside

    def _visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)
