"""The arithmetic and the table of the benchmarks; measuring itself is `make bench`."""

import json

import pytest
from bench.case import Case
from bench.cases import CASES
from bench.report import summary, table, write_json
from bench.rounds import Row, measure


class Worker:
    """Stands for a worker process: answers with the next of its times."""

    def __init__(self, seconds):
        self.seconds = iter(seconds)
        self.asked = []

    def ask(self, **command):
        self.asked.append(command)
        return {"seconds": next(self.seconds), "peak_mb": 100.0}


def nothing(*_args):
    """Stand for the functions of a case, which run in a worker."""


def new_case(**values):
    """Return a case whose functions are never called here."""
    return Case("one", "one thing", act=nothing, hand=nothing, prepare=nothing, **values)


def test_first_round_is_not_counted_and_the_median_is_taken():
    """A slow warm-up and one slow round leave no trace."""
    engines = {
        "hand": Worker([9, 1, 1, 7]),
        "stock": Worker([9, 4, 5, 99]),
        "ours": Worker([9, 2, 2, 3]),
    }
    row = measure(new_case(), engines, rounds=3, late=False)
    assert [row.median(name) for name in ("hand", "stock", "ours")] == [1, 5, 2]
    assert row.ratio("stock", "hand") == 5
    assert row.ratio("stock", "ours") == 2.5


def test_hand_written_part_can_run_in_another_engine():
    """A case about a setting of ours compares within our engine."""
    engines = {"hand": Worker([]), "stock": Worker([]), "ours": Worker([1] * 4)}
    case = new_case(engines=("hand", "ours"), hand_engine="ours")
    row = measure(case, engines, rounds=1, late=True)
    parts = [command["part"] for command in engines["ours"].asked]
    assert sorted(parts[:2]) == ["act", "hand"] and sorted(parts[2:]) == ["act", "hand"]
    assert all(command["late"] for command in engines["ours"].asked)
    assert row.ratio("stock", "hand") is None


def test_table_has_one_line_per_row_and_shows_what_is_missing():
    """An engine without a figure is a dash, not a number."""
    row = Row("one", "one thing", late=True, target=1.5)
    row.seconds = {"hand": [0.001], "ours": [0.0012]}
    row.peak_mb = {"hand": 100, "ours": 120}
    line = table([row])[1]
    assert "one thing, late" in line and "1.20" in line and "–/120" in line
    assert len(table([row])) == 2
    assert "1.20 ms" in summary(row)


def test_everything_measured_is_written(tmp_path):
    """The JSON file holds each round, not only the medians."""
    row = Row("one", "one thing", late=False)
    row.seconds = {"hand": [1.0, 3.0], "stock": [4.0, 6.0]}
    content = json.loads(write_json([row], [], tmp_path / "new", rounds=2).read_text())
    assert content["rows"][0]["rounds_seconds"] == {"hand": [1.0, 3.0], "stock": [4.0, 6.0]}
    assert content["rows"][0]["ratios"]["stock_to_hand"] == 2.5


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_case_has_columns_to_compare(case):
    """Each column names a worker that is started, and ours is among them."""
    columns = [case.column(engine) for engine in case.engines]
    assert ("ours", "act") in columns
    assert {worker for worker, _part in columns} <= {"hand", "stock", "ours"}
    assert case.operations >= 1
