"""Many domains asked together which of them can match, before any is asked by itself.

Of fifty rules on a model nearly all say no to nearly every change, most of them because one field
has not the one value they want, or a number is too low or too high for them. What a record has
in that field is looked up once, however many rules want something else there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .domain import Bound, Columns, CompiledDomain, OneOf

Hits = dict[Any, list[int]]


class Sieve:
    """Holds domains by number; lets those through that cannot be ruled out by one value."""

    __slots__ = ("_by_bound", "_by_field", "_open", "numbers")

    def __init__(self, domains: Iterable[tuple[int, CompiledDomain | None]]) -> None:
        """Arrange domains by the value they need.

        :param domains: (number, domain); None for one that always has to be asked
        """
        self.numbers: list[int] = []
        """All there are, in order."""
        self._open: list[int] = []
        self._by_field: dict[str, Hits] = {}
        bounds: dict[tuple[str, bool], list[tuple[float, int]]] = {}
        for number, domain in sorted(domains, key=lambda item: item[0]):
            self.numbers.append(number)
            need = domain.need if domain else None
            if isinstance(need, OneOf):
                hits = self._by_field.setdefault(need.name, {})
                for value in need.values:
                    hits.setdefault(value, []).append(number)
            elif isinstance(need, Bound):
                bounds.setdefault((need.name, need.is_low), []).append((need.value, number))
            else:
                self._open.append(number)
        self._by_bound = [
            (name, is_low, [limit for limit, _n in found], [number for _l, number in found])
            for (name, is_low), unsorted in bounds.items()
            for found in [sorted(unsorted)]
        ]
        """Fields, whether they have to be high enough, the limits in order, and whose they are."""

    def candidates(
        self, columns: Columns, positions: Sequence[int], is_plain: Callable[[str], bool]
    ) -> list[int]:
        """Return the numbers of all domains some of the records may match, in order.

        :param is_plain: whether the values of a field may be looked at now; where not, the domains
            that need one of them are candidates
        """
        if not (self._by_field or self._by_bound):
            return self._open
        found = set(self._open)
        for name, hits in self._by_field.items():
            if not is_plain(name):
                found.update(*hits.values())
                continue
            column = columns[name]
            if len(positions) == 1:
                found.update(hits.get(column[positions[0]] or False, ()))
            else:
                for value in {column[at] or False for at in positions}:
                    found.update(hits.get(value, ()))
        for name, is_low, limits, numbers in self._by_bound:
            if not is_plain(name):
                found.update(numbers)
                continue
            column = columns[name]
            # Whether a limit itself will do, the domain knows.
            values = [value for at in positions if (value := column[at] or 0) == value]
            if values and is_low:
                found.update(numbers[: bisect_right(limits, max(values))])
            elif values:
                found.update(numbers[bisect_left(limits, min(values)) :])
        return sorted(found)
