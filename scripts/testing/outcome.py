"""What came of the tests of one run, whichever runner ran them."""

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .logs import Record

FAILED = ("failed", "error")


@dataclass(frozen=True)
class Outcome:
    """One test, subtest or class set-up."""

    id: str
    """``addon:Class.method``, with `` [subtest]`` appended; pytest: ``file::name``."""
    outcome: str
    """``passed``, ``failed``, ``error`` or ``skipped``."""
    detail: str = ""
    """Traceback of a failure, reason of a skip."""
    seconds: float = 0.0

    @property
    def test(self) -> str:
        """The id without the subtest."""
        return self.id.partition(" [")[0]

    @property
    def group(self) -> str:
        """The addon, or the folder of a pytest file; floors are counted by it."""
        return self.id.partition(":")[0].rpartition("/")[0] or self.id.partition(":")[0]


@dataclass
class StageResult:
    """What one stage did."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Sentences about what went wrong beside failing tests: a crash, a floor not reached."""
    findings: list[Record] = field(default_factory=list)
    """Unannounced warnings and errors of Odoo's log."""
    known: list[Outcome] = field(default_factory=list)
    """Failures which the baseline knows from stock."""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failures(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.outcome in FAILED and one not in self.known]

    @property
    def skipped(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.outcome == "skipped"]

    @property
    def executed(self) -> Counter:
        """Number of distinct tests which ran to an end, by group."""
        tests = {(one.group, one.test) for one in self.outcomes if one.outcome != "skipped"}
        return Counter(group for group, _test in tests)

    @property
    def ok(self) -> bool:
        return not (self.failures or self.problems or self.findings)


def read_jsonl(path: Path) -> list[Outcome]:
    """Read what ``runner.py`` wrote. A missing file means that it never got that far."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Outcome(**json.loads(line)) for line in lines if line]


def read_junit(path: Path) -> list[Outcome]:
    """Read the report of ``pytest --junitxml``. A missing file means no outcomes."""
    if not path.exists():
        return []
    tree = ElementTree.parse(path)  # noqa: S314 - written by the pytest that was just run
    return [_from_case(case) for case in tree.iter("testcase")]


def _from_case(case) -> Outcome:
    file = case.get("file") or case.get("classname", "").replace(".", "/")
    outcome, detail = "passed", ""
    for child in case:
        if child.tag in ("failure", "error", "skipped"):
            outcome = {"failure": "failed"}.get(child.tag, child.tag)
            detail = "\n".join(filter(None, [child.get("message"), child.text]))
            break
    return Outcome(f"{file}::{case.get('name')}", outcome, detail, float(case.get("time") or 0))
