"""How often a code block runs: once per record, or once for the whole batch."""

from __future__ import annotations

import ast
from functools import lru_cache

from .expression import calls_methods, names_in
from .free_names import free_names

RECORD = "record"
BATCH = "batch"

_ONE_RECORD = frozenset({"record", "object", "obj"})
_MANY_RECORDS = frozenset({"records", "ids"})
#: Names by which a source can look at the environment's context, where ``active_id`` and
#: ``active_ids`` must be those of the record at hand.
_CONTEXT_READERS = frozenset({"context", "active_id", "active_ids", "env", "pool", "model", "self"})


def default_code_scope(source: str) -> str:
    """Return the scope that fits the names a code block uses.

    Code that names ``record`` (or ``object``, ``obj``) and not ``records`` is written for one
    record; everything else is written for the batch.
    """
    if names_one_record(source) and not free_names(source) & _MANY_RECORDS:
        return RECORD
    return BATCH


def names_one_record(source: str) -> bool:
    """Tell whether a source looks at the record at hand, so that each record needs its turn."""
    return bool(free_names(source) & _ONE_RECORD)


def needs_own_context(source: str) -> bool:
    """Tell whether a source may read ``active_id`` or ``active_ids`` from the context.

    Itself, or by a method that does so; stock Odoo runs rules record by record, and wizards and
    buttons rely on that.

    :returns: False only when the record can share one environment with the others
    """
    return calls_methods(source) or bool(names_in(source) & _CONTEXT_READERS)


@lru_cache(maxsize=4096)
def writes_constants_only(source: str) -> bool:
    """Tell whether code does nothing but give the record constants: ``record.write({'a': 1})``.

    Then all records of a batch can be written at once, with the same outcome. Any number of such
    lines; values are texts, numbers, booleans and ``None``, since commands for lines of a record
    and everything computed may mean something else for each record.
    """
    try:
        body = ast.parse(source.strip(), mode="exec").body
    except (SyntaxError, ValueError):
        return False
    return bool(body) and all(_is_constant_write(statement) for statement in body)


def _is_constant_write(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="write"),
                args=[ast.Dict(keys=keys, values=values)],
                keywords=[],
            )
        ):
            return (
                name in _ONE_RECORD
                and all(_is_constant(key) for key in keys)
                and all(_is_constant(value) for value in values)
            )
    return False


def _is_constant(node: ast.expr | None) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant)
