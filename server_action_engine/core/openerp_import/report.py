"""What an import has to say about a file, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UNDERSTOOD = "understood"
CHANGED = "changed"
LEFT_OUT = "left_out"
KINDS = (UNDERSTOOD, CHANGED, LEFT_OUT)


@dataclass(frozen=True)
class Remark:
    """One line of the report."""

    kind: str
    """One of :data:`KINDS`."""
    line: int
    """Line of the file, from 1; 0 when it is about the whole file."""
    record: str
    """External id of the record as written in the file, or "" ."""
    code: str
    """Which message; the texts belong to the caller, who translates them."""
    data: dict[str, Any] = field(default_factory=dict)
    """Values named in the message."""


class Report:
    """Collects remarks; :meth:`sorted` gives them in the order of the file."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def add(self, kind: str, line: int, record: str, code: str, **data: Any) -> None:
        """Add one remark."""
        self.remarks.append(Remark(kind, line, record, code, data))

    def understood(self, line: int, record: str, code: str, **data: Any) -> None:
        """Say what was taken over as it is."""
        self.add(UNDERSTOOD, line, record, code, **data)

    def changed(self, line: int, record: str, code: str, **data: Any) -> None:
        """Say what was taken over differently."""
        self.add(CHANGED, line, record, code, **data)

    def left_out(self, line: int, record: str, code: str, **data: Any) -> None:
        """Say what was not taken over."""
        self.add(LEFT_OUT, line, record, code, **data)

    def extend(self, remarks: Iterable[Remark]) -> None:
        """Add the remarks of another report."""
        self.remarks.extend(remarks)

    def sorted(self) -> list[Remark]:
        """Return the remarks by line, those of one line in the order they were made."""
        return sorted(self.remarks, key=lambda remark: remark.line)
