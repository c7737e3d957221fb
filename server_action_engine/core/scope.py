"""How often a code block runs: once per record, or once for the whole batch."""

from __future__ import annotations

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
