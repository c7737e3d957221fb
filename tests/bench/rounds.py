"""Interleave the engines, round by round, and take medians."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Row:
    """What one case measured, early ("fresh") or late in a transaction."""

    case: str
    label: str
    late: bool
    target: float | None = None
    limit_seconds: float | None = None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Engine → seconds per operation, one per round."""
    peak_mb: dict[str, float] = field(default_factory=dict)
    """Engine → highest resident memory over the rounds, MiB."""

    def median(self, engine):
        """Return the median seconds of an engine, None if it has no such column."""
        return median(self.seconds[engine]) if self.seconds.get(engine) else None

    def ratio(self, engine, to):
        """Return the ratio of two medians, None if one is missing."""
        above, below = self.median(engine), self.median(to)
        return above / below if above is not None and below else None

    def on_top(self):
        """Return the seconds ours takes on top of the work by hand, or in all without one."""
        ours, by_hand = self.median("ours"), self.median("hand")
        return None if ours is None else ours - (by_hand or 0)

    def as_dict(self):
        """Return the row for the JSON file."""
        return {
            "case": self.case,
            "label": self.label,
            "late": self.late,
            "target": self.target,
            "limit_seconds": self.limit_seconds,
            "on_top_seconds": self.on_top(),
            "median_seconds": {name: self.median(name) for name in self.seconds},
            "rounds_seconds": self.seconds,
            "peak_mb": self.peak_mb,
            "ratios": {
                "stock_to_hand": self.ratio("stock", "hand"),
                "ours_to_hand": self.ratio("ours", "hand"),
                "stock_to_ours": self.ratio("stock", "ours"),
            },
        }


def measure(case, engines, rounds, late):
    """Measure one case: all engines once untimed, then in turns.

    :param engines: dict of engine name → Engine.
    :returns: Row.
    """
    row = Row(case.name, case.label, late, case.target, case.limit_seconds)
    columns = {name: case.column(name) for name in case.engines if case.column(name)[0] in engines}
    for round_number in range(rounds + 1):
        for column, (worker, part) in _rotated(columns, round_number):
            answer = engines[worker].ask(do="round", case=case.name, part=part, late=late)
            if round_number:  # the first one fills caches
                row.seconds.setdefault(column, []).append(answer["seconds"])
                row.peak_mb[column] = max(row.peak_mb.get(column, 0), answer["peak_mb"])
    return row


def _rotated(columns, by):
    """Start each round with another engine, so that none always runs first."""
    items = list(columns.items())
    by %= len(items)
    return items[by:] + items[:by]
