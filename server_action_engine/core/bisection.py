"""Find the failing items of a batch by halving it, good halves first kept."""

from __future__ import annotations


class Bisection:
    """Says which slice of a batch to try next, until every item is decided.

    ::

        trial = Bisection(len(items))
        while (part := trial.next()) is not None:
            try:
                run(items[part])
            except Exception:
                trial.failed()
            else:
                trial.passed()

    Slices come from the front to the back, so items run in their order. Stopping early is fine:
    what was not decided is in :attr:`undecided`.
    """

    def __init__(self, size: int, one_by_one: bool = False) -> None:
        """:param one_by_one: never try more than one item at once"""
        step = 1 if one_by_one else max(size, 1)
        self._open = [slice(at, min(at + step, size)) for at in range(0, size, step)]
        self._open.reverse()
        self.good: list[int] = []
        """Positions of items that passed, ascending."""
        self.bad: list[int] = []
        """Positions of items that failed alone, ascending."""

    @property
    def undecided(self) -> list[int]:
        """Positions not decided yet, ascending."""
        return [at for part in reversed(self._open) for at in range(part.start, part.stop)]

    def next(self) -> slice | None:
        """Return the slice to try, None when every item is decided."""
        return self._open[-1] if self._open else None

    def passed(self) -> None:
        """The slice last returned by :meth:`next` passed."""
        part = self._open.pop()
        self.good.extend(range(part.start, part.stop))

    def failed(self) -> bool:
        """The slice last returned by :meth:`next` failed.

        :returns: True if it was a single item, which is thereby found bad
        """
        part = self._open.pop()
        if part.stop - part.start == 1:
            self.bad.append(part.start)
            return True
        middle = (part.start + part.stop) // 2
        self._open += [slice(middle, part.stop), slice(part.start, middle)]
        return False
