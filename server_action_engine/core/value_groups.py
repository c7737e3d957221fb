"""Equal values over many records become one write; several values for one target are merged."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from typing import Any, TypeVar

Key = TypeVar("Key")
Values = dict[str, Any]


def frozen(value: Any) -> Hashable:
    """Return a hashable stand-in for a value; equal only for values of the same kind.

    ``True``, ``1`` and ``1.0`` differ, since a field of type JSON or text stores them differently.
    """
    if isinstance(value, dict):
        return ("dict", frozenset((key, frozen(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(map(frozen, value)))
    try:
        hash(value)
    except TypeError:
        # Nothing is known about it: it equals itself only.
        return ("object", id(value))
    return (type(value), value)


def group_equal(pairs: Iterable[tuple[Key, Values]]) -> list[tuple[Values, list[Key]]]:
    """Group keys by equal values.

    :param pairs: ``(key, values)``
    :returns: ``(values, keys)``, in order of first appearance
    """
    groups: dict[Hashable, tuple[Values, list[Key]]] = {}
    # One dict object shared by all records (only constants) is frozen once.
    by_identity: dict[int, Hashable] = {}
    kept: list[Values] = []
    for key, values in pairs:
        mark = by_identity.get(id(values))
        if mark is None:
            mark = by_identity[id(values)] = frozen(values)
            kept.append(values)  # keeps the id from being used again
        group = groups.get(mark)
        if group is None:
            groups[mark] = (values, [key])
        else:
            group[1].append(key)
    return list(groups.values())


def merge_values(first: Values, later: Values, cumulative: Collection[str]) -> Values:
    """Return the values that have the effect of writing ``first``, then ``later``.

    :param cumulative: fields whose values are lists of commands and add up
    """
    merged = {**first, **later}
    for name in cumulative:
        if isinstance(first.get(name), list) and isinstance(later.get(name), list):
            merged[name] = [*first[name], *later[name]]
    return merged


def merge_by_target(
    pairs: Iterable[tuple[Key, Values]], cumulative: Collection[str]
) -> list[tuple[Key, Values]]:
    """Return one entry per target, later values winning over earlier ones.

    :param pairs: ``(target, values)``; a target may appear several times
    """
    merged: dict[Any, Values] = {}
    for key, values in pairs:
        known = merged.get(key)
        merged[key] = values if known is None else merge_values(known, values, cumulative)
    return list(merged.items())
