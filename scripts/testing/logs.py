"""Read Odoo's log and find what nobody announced.

A test that expects a warning catches it (``assertLogs``, ``mute_logger``), so it never reaches the
log. Whatever of WARNING or above does, is a finding, unless the allow-list knows it as noise of
Odoo's own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Odoo's format, from ``odoo/netsvc.py``: time, process, level, database, logger, message, three
# figures.
_HEAD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<pid>\d+) (?P<level>[A-Z]+) "
    r"(?P<database>\S+) (?P<logger>[^\s:]+): (?P<message>.*)$"
)
_FIGURES = re.compile(r" (?:- - -|\d+ \d+\.\d+ -?\d+\.\d+)(?: (?:-|r[ow](?:->rw)?))?$| $")
_STARTING = re.compile(r"^Starting (\S+) \.\.\.$")
SERIOUS = ("WARNING", "ERROR", "CRITICAL")
# Logged by Odoo's test result for each failed test: counted as a failure already, not as a finding.
_OUTCOME = re.compile(r"^(?:FAIL|ERROR): ")


@dataclass
class Record:
    """One log record with every line of its traceback."""

    level: str
    logger: str
    message: str
    test: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """``LEVEL logger: message``, then the lines which follow; the allow-list sees this."""
        return "\n".join([f"{self.level} {self.logger}: {self.message}", *self.lines])


def parse(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records of a log. Lines before the first one become a record of the level RAW."""
    record = None
    test = ""
    for line in lines:
        line = line.rstrip("\n")
        head = _HEAD.match(line)
        if head is None:
            if record is None:
                record = Record("RAW", "", line)
            else:
                record.lines.append(line)
            continue
        if record is not None:
            yield _finish(record)
        record = Record(head["level"], head["logger"], _FIGURES.sub("", head["message"]))
        started = _STARTING.match(record.message)
        if started:
            test = started[1]
        record.test = test
    if record is not None:
        yield _finish(record)


def _finish(record: Record) -> Record:
    # In a record of several lines the three figures stand at the end of the last one.
    if record.lines:
        record.lines[-1] = _FIGURES.sub("", record.lines[-1])
    return record


def serious(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records an administrator would have to look at, and Python's own last words."""
    for record in records:
        if record.level == "RAW":
            if "Traceback (most recent call last)" in record.text:
                yield record
        elif record.level in SERIOUS and not _is_outcome(record):
            yield record


def _is_outcome(record: Record) -> bool:
    return ".tests." in record.logger and bool(_OUTCOME.match(record.message))


@dataclass
class Allowed:
    """One entry of the allow-list."""

    pattern: re.Pattern
    reason: str
    line: int
    used: int = 0


class AllowList:
    """``tests/log_allowlist.txt``: one regular expression a line, two spaces, ``# `` and its
    reason.

    The expression is searched in :attr:`Record.text`; ``.`` matches the end of a line too.
    """

    def __init__(self, entries: list[Allowed]):
        self.entries = entries

    @classmethod
    def load(cls, path: Path) -> "AllowList":
        """:raises ValueError: for an expression without a reason above it."""
        entries = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            pattern, _mark, reason = line.rpartition("  # ")
            if not pattern.strip() or not reason.strip():
                raise ValueError(f"{path.name}:{number}: write 'expression  # reason'")
            entries.append(Allowed(re.compile(pattern.strip(), re.DOTALL), reason.strip(), number))
        return cls(entries)

    def allows(self, record: Record) -> bool:
        text = record.text
        for entry in self.entries:
            if entry.pattern.search(text):
                entry.used += 1
                return True
        return False

    def unused(self) -> list[Allowed]:
        return [entry for entry in self.entries if not entry.used]


def findings(path: Path, allowed: AllowList) -> list[Record]:
    """Return the unannounced serious records of the log file ``path``, first to last."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="replace") as stream:
        return [record for record in serious(parse(stream)) if not allowed.allows(record)]
