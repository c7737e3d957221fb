"""Run the checks, show what they say, count."""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Sequence

from toolkit.errors import SetupError
from toolkit.node import Node
from toolkit.places import LOGS, make_folder
from toolkit.venv import LINT, Venv

from .checks import Check, all_checks

LINES_SHOWN = 60


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for and return the exit code."""
    options = _parse(arguments)
    make_folder(LOGS)
    venv = Venv("lint", LINT)
    venv.prepare()
    node = Node(venv)
    node.prepare()
    checks = choose(list(all_checks(venv, node)), options.only)
    if options.fix:
        for check in checks:
            _repair(check)
    passed = sum(_passes(check) for check in checks)
    print(f"lint: {passed} of {len(checks)} checks passed")
    return 0 if passed == len(checks) else 1


def choose(checks: list[Check], names: Sequence[str]) -> list[Check]:
    """Return the checks with these names, all of them without a name."""
    known = [check.name for check in checks]
    for name in names:
        if name not in known:
            raise SetupError(f"no check is called {name}", f"the checks are: {', '.join(known)}")
    return [check for check in checks if not names or check.name in names]


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/lint", description="Run the linters.")
    parser.add_argument("only", nargs="*", metavar="CHECK", help="names of checks, default all")
    parser.add_argument("--fix", action="store_true", help="first repair what can be repaired")
    return parser.parse_args(arguments)


def _repair(check: Check) -> None:
    if check.fix:
        subprocess.run([str(part) for part in check.fix], cwd=check.folder, capture_output=True)


def _passes(check: Check) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        [str(part) for part in check.command],
        cwd=check.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - started
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{verdict:<7} {check.name} ({seconds:.1f} s)", flush=True)
    if done.returncode:
        _show(done.stdout.rstrip().splitlines(), check.name)
    return done.returncode == 0


def _show(lines: list[str], name: str) -> None:
    """Print what a check says; of very long texts the beginning, the rest goes to a file."""
    print("\n".join(f"    {line}" for line in lines[:LINES_SHOWN]), flush=True)
    if len(lines) > LINES_SHOWN:
        log = LOGS / f"lint-{name.replace(' ', '-')}.log"
        log.write_text("\n".join(lines) + "\n")
        print(f"    … and {len(lines) - LINES_SHOWN} lines more: {log}", flush=True)
