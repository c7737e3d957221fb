"""Many domains asked together which of them can match, before any is asked by itself.

Of fifty rules on a model nearly all say no to nearly every change, most of them because one field
has not the one value they want. What a record has in that field is looked up in a dictionary
once, however many rules want something else there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .domain import Columns, CompiledDomain

Hits = dict[Any, list[int]]


class Sieve:
    """Holds domains by number; lets those through that cannot be ruled out by one value."""

    __slots__ = ("_by_field", "_open", "numbers")

    def __init__(self, domains: Iterable[tuple[int, CompiledDomain | None]]) -> None:
        """Arrange domains by the value they need.

        :param domains: (number, domain); None for one that always has to be asked
        """
        self.numbers: list[int] = []
        """All there are, in order."""
        self._open: list[int] = []
        self._by_field: dict[str, Hits] = {}
        for number, domain in sorted(domains, key=lambda item: item[0]):
            self.numbers.append(number)
            if domain is None or domain.need is None:
                self._open.append(number)
                continue
            name, values = domain.need
            hits = self._by_field.setdefault(name, {})
            for value in values:
                hits.setdefault(value, []).append(number)

    def candidates(
        self, columns: Columns, positions: Sequence[int], is_plain: Callable[[str], bool]
    ) -> list[int]:
        """Return the numbers of all domains some of the records may match, in order.

        :param is_plain: whether the values of a field may be looked at now; where not, the domains
            that need one of them are candidates
        """
        if not self._by_field:
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
        return sorted(found)
