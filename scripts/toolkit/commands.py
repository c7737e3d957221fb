"""Run other programs: output into a log, and the end of that log in the error."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .errors import SetupError
from .places import LOGS, make_folder

_LINES_SHOWN = 6


def run_logged(
    command: Sequence[str | Path],
    log_name: str,
    failure: str,
    remedy: str = "",
    watch: Callable[[Path], None] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Path:
    """Run a command with its output in `.work/log/<log_name>.log` and return that path.

    :param watch: called with the log's path about twice a second while the command runs.
    :raises SetupError: with `failure`, the last lines of the log and `remedy`.
    """
    log = make_folder(LOGS) / f"{log_name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
        )
        try:
            while process.poll() is None:
                if watch:
                    watch(log)
                time.sleep(0.05 if not watch else 0.4)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise SetupError(f"{failure} (exit code {process.returncode})\n{tail(log)}", remedy)
    return log


def tail(log: Path, lines: int = _LINES_SHOWN) -> str:
    """Return the last lines of a log, indented, with its path."""
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"    | {line}" for line in text] + [f"    whole log: {log}"])


def output_of(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> str:
    """Return standard output; a command that fails or is missing gives an empty text."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return os.geteuid() == 0
