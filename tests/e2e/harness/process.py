"""Start functions of a test file as processes inside Odoo."""

import inspect
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from .meeting import wait_until
from .preloaded import WORKER, Preloaded, is_alive

TIMEOUT_SECONDS = 120.0


class JobError(Exception):
    """The function raised in its process."""

    def __init__(self, answer: dict[str, Any]):
        super().__init__(f"{answer['error']}: {answer['message']}\n{answer['traceback']}")
        self.error = answer["error"]
        """Name of the exception's class."""
        self.pgcode = answer["pgcode"]
        """PostgreSQL's code, such as ``40001``, if it came from there."""


class OdooProcess:
    """A process that runs one function, and leads a process group of its own."""

    def __init__(self, process: psutil.Process, job: dict[str, Any]):
        self.pid = process.pid
        self.log = Path(job["log"])
        self._process, self._result = process, Path(job["result"])

    def is_alive(self) -> bool:
        return is_alive(self._process)

    def kill(self) -> None:
        """End the process as a power cut would."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        wait_until(lambda: not self.is_alive(), f"the end of process {self.pid}")

    def result(self, timeout_seconds: float = TIMEOUT_SECONDS) -> Any:
        """Wait for the end and return what the function returned.

        :raises JobError: if it raised
        :raises RuntimeError: if the process died without an answer
        """
        wait_until(lambda: not self.is_alive(), f"the end of process {self.pid}", timeout_seconds)
        if not self._result.exists():
            tail = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"the process ended without an answer:\n{tail}")
        answer = json.loads(self._result.read_text(encoding="utf-8"))
        if "error" in answer:
            raise JobError(answer)
        return answer["value"]


def fork_in_odoo(
    preloaded: Preloaded,
    env,
    folder: Path,
    database: str,
    function: Callable[..., Any],
    arguments: dict[str, Any],
    kill_points: tuple[str, ...] = (),
) -> OdooProcess:
    """Start ``function(env, **arguments)`` in a process that has Odoo loaded.

    :param database: a copy of the one that was loaded
    :param kill_points: places to wait at, see ``kill_points.py``
    """
    job = describe(env, folder, database, function, arguments, kill_points)
    return OdooProcess(preloaded.fork(job), job)


def start_in_odoo(
    env,
    folder: Path,
    database: str,
    function: Callable[..., Any],
    arguments: dict[str, Any],
    kill_points: tuple[str, ...] = (),
) -> OdooProcess:
    """Start ``function(env, **arguments)`` in a process that loads Odoo itself."""
    job = describe(env, folder, database, function, arguments, kill_points)
    with open(job["log"], "wb") as stream:
        process = psutil.Popen(
            [str(env.python), str(WORKER), "one", json.dumps(job)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=env.environ(),
            cwd=folder,
            start_new_session=True,
        )
    return OdooProcess(process, job)


def describe(
    env, folder: Path, database: str, function, arguments: dict, kill_points
) -> dict[str, Any]:
    """Return the job of ``worker.py`` for a function at the top level of a test file."""
    stem = folder / f"{len(list(folder.glob('*.log')))}-{function.__name__}"
    # Created at once, so that the next job gets the next number.
    log = stem.with_suffix(".log")
    log.touch()
    return {
        "configuration": str(env.conf),
        "database": database,
        "file": inspect.getsourcefile(function),
        "function": function.__name__,
        "arguments": arguments,
        "result": str(stem.with_suffix(".json")),
        "log": str(log),
        "kill_points": list(kill_points),
        "meeting": str(folder / "meeting"),
    }
