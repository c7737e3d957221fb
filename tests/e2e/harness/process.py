"""Start functions of a test file as processes inside Odoo."""

import inspect
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .meeting import wait_until

WORKER = Path(__file__).with_name("worker.py")
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

    def __init__(self, pid: int, is_alive: Callable[[], bool], result: Path, log: Path):
        self.pid = pid
        self.is_alive = is_alive
        self.log = log
        self._result = result

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


class Host:
    """A process that has loaded Odoo on one database and forks a process for each function.

    :param env: the project's environment (``scripts/toolkit/environment.py``)
    :param folder: folder of the test; logs, results and the meeting points are there
    """

    def __init__(self, env, folder: Path, database: str):
        self.env, self.folder, self.database = env, folder, database
        self._started: list[OdooProcess] = []
        with (folder / "host.log").open("wb") as stream:
            self._process = subprocess.Popen(
                [str(env.python), str(WORKER), "host", str(env.conf), database],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                env=env.environ(),
                cwd=folder,
                text=True,
            )

    def start(
        self,
        function: Callable[..., Any],
        arguments: dict[str, Any],
        kill_points: tuple[str, ...] = (),
    ) -> OdooProcess:
        """Start ``function(env, **arguments)``, with places to wait at, see ``kill_points.py``."""
        job = describe(self.env, self.folder, self.database, function, arguments, kill_points)
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            tail = (self.folder / "host.log").read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"Odoo could not be loaded on {self.database}:\n{tail}")
        pid = int(answer)
        process = OdooProcess(pid, lambda: runs(pid), Path(job["result"]), Path(job["log"]))
        self._started.append(process)
        return process

    def stop(self) -> None:
        """End the host and whatever it started."""
        for process in self._started:
            process.kill()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


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
        process = subprocess.Popen(
            [str(env.python), str(WORKER), "one", json.dumps(job)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=env.environ(),
            cwd=folder,
            start_new_session=True,
        )
    is_alive = lambda: process.poll() is None  # noqa: E731 - it also takes in the ended process
    return OdooProcess(process.pid, is_alive, Path(job["result"]), Path(job["log"]))


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


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
