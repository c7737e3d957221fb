"""Which strands may go on: events on instances that are linked keep their order.

Many events at once have to come to the same as one after the other. Strands on instances that
have nothing to do with each other cannot disturb each other, whatever their order. Instances
linked by subflows can: a child's end is an event of its parent. So a strand waits for all earlier
ones of its family before it touches an instance other than its own – and before it starts on
one that an earlier strand may still reach.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from .semantics.strand import Strand


class Turns:
    """The order within each family."""

    def __init__(
        self, strands: Sequence[Strand], kinships: Iterable[tuple[int, Collection[int]]]
    ) -> None:
        """:param kinships: (instance, those that wait for it)"""
        self._family: dict[Strand, int] = {}
        """Only strands that share their family with another one."""
        self._open: dict[int, deque[Strand]] = {}
        self._ended: set[Strand] = set()
        self._later: set[Strand] = set()
        roots: dict[int, int] = {}
        has_children: set[int] = set()
        for child, parents in kinships:
            for parent in parents:
                has_children.add(parent)
                _join(roots, child, parent)
        own = [one.case.id for one in strands if one.case is not None]
        if roots or len(set(own)) < len(own):
            self._sort(strands, roots, has_children)

    def _sort(self, strands: Iterable[Strand], roots: dict[int, int], parents: set[int]) -> None:
        seen: set[int] = set()
        for strand in strands:
            if strand.case is None:
                continue
            one = strand.case.id
            family = self._family[strand] = _root(roots, one)
            self._open.setdefault(family, deque()).append(strand)
            if one in seen or one in parents:
                self._later.add(strand)
            seen.add(one)

    def may_start(self, strand: Strand) -> bool:
        """Tell whether no earlier event can still reach the instance of a strand."""
        return strand not in self._later or self.leads(strand)

    def leads(self, strand: Strand) -> bool:
        """Tell whether a strand is the first open one of its family."""
        family = self._family.get(strand)
        return family is None or self._open[family][0] is strand

    def end(self, strand: Strand) -> Strand | None:
        """Count a strand as finished; return who is the first of its family now."""
        family = self._family.get(strand)
        if family is None:
            return None
        self._ended.add(strand)
        line = self._open[family]
        while line and line[0] in self._ended:
            line.popleft()
        return line[0] if line else None


def _root(roots: dict[int, int], one: int) -> int:
    while roots.get(one, one) != one:
        roots[one] = roots.get(roots[one], roots[one])
        one = roots[one]
    return one


def _join(roots: dict[int, int], one: int, other: int) -> None:
    roots[_root(roots, one)] = _root(roots, other)
