"""Notes kept outside Odoo, which survive a rollback and a killed process."""

import json
import os
from pathlib import Path
from typing import Any


class Ledger:
    """An append-only file; several processes may write to it at once."""

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def append(self, **facts: Any) -> None:
        """Write one line. A single small write with O_APPEND is never torn by another process."""
        line = json.dumps({"pid": os.getpid(), **facts}) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def lines(self) -> list[dict[str, Any]]:
        """Return what was written so far, oldest first."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
