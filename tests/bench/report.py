"""Print the table and write the JSON file."""

import json
import platform
import time

HEAD = ("case", "hand", "stock", "ours")
HEAD += ("stock:hand", "ours:hand", "on top", "stock:ours", "peak MB h/s/o")
WIDTHS = (74, 9, 9, 9, 10, 9, 9, 10, 14)

_PAIRS = (("stock", "hand"), ("ours", "hand"), ("stock", "ours"))


def table(rows):
    """Return the lines of the table; times are medians per operation."""
    return [_line(HEAD), *(_line(_cells(row)) for row in rows)]


def _cells(row):
    times = [_time(row.median(engine)) for engine in ("hand", "stock", "ours")]
    ratios = [_ratio(row.ratio(*pair)) for pair in _PAIRS]
    ratios.insert(2, _time(row.on_top()))
    wanted = f" (≤ {row.target:g})" if row.target else ""
    if row.limit_seconds:
        wanted += f" (≤ {_time(row.limit_seconds)} on top)"
    both = [row.peak_mb.get(name) for name in ("hand", "stock", "ours")]
    peaks = "/".join("–" if peak is None else f"{peak:.0f}" for peak in both)
    label = f"{row.label}{', late' if row.late else ''}{wanted}"
    return (label, *times, *ratios, peaks)


def _line(cells):
    first, *others = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}} " for cell, width in others)


def _ratio(ratio):
    return "–" if ratio is None else f"{ratio:.2f}"


def _time(seconds):
    if seconds is None:
        return "–"
    if seconds < 0:
        return f"-{_time(-seconds)}"
    if seconds < 1e-4:
        return f"{seconds * 1e6:.2f} µs"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def summary(row):
    """Return one line for the moment a case is done."""
    times = ", ".join(f"{name} {_time(row.median(name))}" for name in row.seconds)
    return f"{row.label}{', late' if row.late else ''}: {times}"


def write_json(rows, figures, folder, rounds):
    """Write everything measured; returns the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    content = {
        "date": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": rounds,
        "rows": [row.as_dict() for row in rows],
        "servers": [figure.as_dict() for figure in figures],
    }
    path.write_text(json.dumps(content, indent=2))
    return path
