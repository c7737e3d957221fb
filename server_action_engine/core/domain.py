"""Search domains compiled to closures over plain values.

Rules evaluate the same few domains on every write. Building Odoo's predicate anew costs twenty
times more than evaluating it, and a kept predicate may hold on to a dead transaction; a closure
over plain values (text, numbers, booleans, selections, ids of many2one fields) has neither fault.
Whatever is not plain is not compiled: :func:`compile_domain` returns None and the caller asks Odoo.

Values are read by the caller, once per field and change, as columns: ``{field: [value, …]}``.
Semantics follow ``odoo.orm.fields.Field.filter_function`` of Odoo 19.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Columns = Mapping[str, Sequence[Any]]
Select = Callable[[Columns, Sequence[int]], Sequence[int]]
"""Takes columns and positions, returns the positions that match, in order."""

TEXT_TYPES = frozenset({"char", "text"})
NUMBER_TYPES = frozenset({"integer", "float", "monetary"})
#: Field types whose values :func:`compile_domain` understands. A many2one is its id or False.
PLAIN_TYPES = TEXT_TYPES | NUMBER_TYPES | {"boolean", "selection", "many2one"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field has one of some values in every record that matches; False for empty."""

    name: str
    values: frozenset[Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """A number is at least (``is_low``), or at most, so much in every record that matches."""

    name: str
    is_low: bool
    value: float


Need = OneOf | Bound

_INEQUALITIES: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_LIKES = frozenset({"like", "ilike", "not like", "not ilike"})
_WILDCARDS = frozenset("%_\\")


@dataclass(frozen=True, slots=True)
class CompiledDomain:
    """A domain that needs nothing but the values of some fields."""

    names: frozenset[str]
    """Fields whose columns :attr:`select` reads."""
    select: Select
    need: Need | None = None
    """What a glance at one field can tell (``domain_sieve.py``); None if it takes more."""


class _NotPlain(Exception):
    """The domain needs more than plain values."""


def compile_domain(
    domain: Sequence[Any],
    field_types: Mapping[str, str],
    fold: Callable[[str], str] = str,
) -> CompiledDomain | None:
    """Compile a domain in prefix notation.

    :param domain: list of ``(field, operator, value)`` and ``"&"``, ``"|"``, ``"!"``
    :param field_types: type of each field of the model
    :param fold: removes accents, for the operators that ignore case
    :returns: None when some part is not plain, or the domain is malformed
    """
    names: set[str] = set()
    stack: list[_Part] = []
    try:
        for item in reversed(domain):
            if item == "!":
                stack.append((_not(stack.pop()[0]), None))
            elif item in ("&", "|"):
                parts = [stack.pop(), stack.pop()]
                join, need = (_and, _need_of_all) if item == "&" else (_or, _need_of_any)
                stack.append((join([select for select, _need in parts]), need(parts)))
            else:
                stack.append(_leaf(item, field_types, fold, names))
    except (_NotPlain, IndexError):
        return None
    select = _and([select for select, _need in stack[::-1]])
    return CompiledDomain(frozenset(names), select, _need_of_all(stack[::-1]))


_Part = tuple[Select, "Need | None"]


def _need_of_all(parts: Sequence[_Part]) -> Need | None:
    """Return what must hold where all parts hold: of several needs the one few records meet."""
    needs = [need for _select, need in parts if need]
    values = [need for need in needs if isinstance(need, OneOf)]
    return min(values, key=lambda need: len(need.values), default=needs[0] if needs else None)


def _need_of_any(parts: Sequence[_Part]) -> Need | None:
    """Return what must hold where some part holds."""
    needs = [need for _select, need in parts]
    values = [need for need in needs if isinstance(need, OneOf)]
    if len(values) < len(needs) or len({need.name for need in values}) > 1:
        return None
    return OneOf(values[0].name, frozenset().union(*(need.values for need in values)))


def _and(parts: Sequence[Select]) -> Select:
    if len(parts) == 1:
        return parts[0]

    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        for part in parts:
            if not positions:
                break
            positions = part(columns, positions)
        return positions

    return select


def _or(parts: Sequence[Select]) -> Select:
    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        found: set[int] = set()
        rest = positions
        for part in parts:
            found.update(part(columns, rest))
            rest = [at for at in positions if at not in found]
            if not rest:
                return positions
        return [at for at in positions if at in found]

    return select


def _not(part: Select) -> Select:
    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        found = part(columns, positions)
        if not found:
            return positions
        excluded = set(found)
        return [at for at in positions if at not in excluded]

    return select


def _leaf(
    item: Any, field_types: Mapping[str, str], fold: Callable[[str], str], names: set[str]
) -> _Part:
    if not isinstance(item, (list, tuple)) or len(item) != 3:
        raise _NotPlain
    name, op, value = item
    if name in (0, 1) and op == "=" and value == 1:
        return (
            (lambda _columns, positions: positions) if name else (lambda _columns, _positions: ())
        ), None
    kind = field_types.get(name) if isinstance(name, str) else None
    if kind not in PLAIN_TYPES:
        raise _NotPlain
    select = _leaf_of(name, kind, op, value, fold)
    names.add(name)
    if op in ("=", "in"):
        values = frozenset(option or False for option in _options(kind, op, value))
        return select, OneOf(name, values)
    # Not a number (NaN) has no place in an order.
    if op in _INEQUALITIES and kind in NUMBER_TYPES and value == value:
        return select, Bound(name, op in (">", ">="), value)
    return select, None


def _leaf_of(name: str, kind: str, op: Any, value: Any, fold: Callable[[str], str]) -> Select:
    if op in ("=", "in"):
        return _among(name, _options(kind, op, value))
    if op in ("!=", "not in"):
        return _not(_among(name, _options(kind, op, value)))
    if op in _INEQUALITIES:
        return _unequal(name, kind, _INEQUALITIES[op], value)
    if op in _LIKES:
        contains = _contains(name, kind, value, fold if op.endswith("ilike") else None)
        return _not(contains) if op.startswith("not") else contains
    raise _NotPlain


def _options(kind: str, op: str, value: Any) -> frozenset[Any]:
    """Return the values an equality accepts; False stands for empty."""
    if op in ("=", "!="):
        value = (value,)
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise _NotPlain
    return frozenset(_plain(kind, option) for option in value)


def _plain(kind: str, value: Any) -> Any:
    """Check that ``value`` can be compared with a field of type ``kind`` as it is."""
    if value is False or (kind == "boolean" and value is True):
        return value
    if kind in TEXT_TYPES or kind == "selection":
        fits = isinstance(value, str) and bool(value or kind != "selection")
    elif kind in NUMBER_TYPES:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    else:
        fits = kind == "many2one" and isinstance(value, int) and not isinstance(value, bool)
    if not fits:
        raise _NotPlain
    return value


def _among(name: str, options: Iterable[Any]) -> Select:
    wanted = frozenset(option for option in options if option)
    accepts_empty = len(wanted) != len(frozenset(options))
    if len(wanted) == 1 and not accepts_empty:
        (only,) = wanted

        def select_one(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
            column = columns[name]
            if len(positions) == 1:
                # A user saves one record, and many rules ask just this.
                return positions if column[positions[0]] == only else ()
            return [at for at in positions if column[at] == only]

        return select_one

    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        column = columns[name]
        if accepts_empty:
            return [at for at in positions if not column[at] or column[at] in wanted]
        return [at for at in positions if column[at] in wanted]

    return select


def _unequal(name: str, kind: str, compare: Callable[[Any, Any], bool], value: Any) -> Select:
    if kind in NUMBER_TYPES and isinstance(value, (int, float)) and not isinstance(value, bool):
        empty: Any = 0
    elif kind in TEXT_TYPES and isinstance(value, str):
        empty = ""
    else:
        raise _NotPlain

    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        column = columns[name]
        return [at for at in positions if compare(column[at] or empty, value)]

    return select


def _contains(name: str, kind: str, value: Any, fold: Callable[[str], str] | None) -> Select:
    """Match a part of a text; ``fold`` is given when case and accents do not matter."""
    if kind not in TEXT_TYPES or not isinstance(value, str) or not value:
        raise _NotPlain
    if _WILDCARDS.intersection(value):
        raise _NotPlain
    if fold is None:
        return lambda columns, positions: [
            at for at in positions if value in (columns[name][at] or "")
        ]
    part = fold(value.lower())

    def select(columns: Columns, positions: Sequence[int]) -> Sequence[int]:
        column = columns[name]
        return [at for at in positions if part in fold((column[at] or "").lower())]

    return select
