"""A process that has loaded Odoo once, and forks the processes of all tests.

Loading Odoo takes some five seconds, of nearly every test. The databases of tests are copies of
the one that this process has loaded, so what it has read is true for each of them.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

WORKER = Path(__file__).with_name("worker.py")


class Preloaded:
    """The process; its database can be copied as soon as this object is made."""

    def __init__(self, env, folder: Path, database: str):
        """:raises RuntimeError: if Odoo cannot be loaded on that database"""
        self.database = database
        self._log = folder / "preloaded.log"
        with self._log.open("wb") as stream:
            self._process = subprocess.Popen(
                [str(env.python), str(WORKER), "host", str(env.conf), database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                env=env.environ(),
                cwd=folder,
                text=True,
            )
        self._read()

    def fork(self, order: Mapping[str, Any]) -> psutil.Process:
        """Start a process for an order, see ``worker.py``; it leads a process group of its own."""
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return psutil.Process(self._read())

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _read(self) -> int:
        answer = self._process.stdout.readline()
        if not answer:
            tail = self._log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"Odoo could not be loaded on {self.database}:\n{tail}")
        return int(answer)


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process has not ended; one that nobody has waited for has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
