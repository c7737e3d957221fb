"""Stages which pytest runs: pure code, tools and transports, and the end-to-end tests."""

import subprocess
import time
from pathlib import Path

from .outcome import StageResult, read_junit

ROOT = Path(__file__).resolve().parent.parent.parent


def run_pytest(env, name: str, folder: Path, keyword: str | None, logs: Path) -> StageResult:
    """Run the tests below ``folder``; pytest's own output goes straight to the terminal."""
    started = time.monotonic()
    stage = StageResult(name)
    if not any(folder.rglob("test_*.py")):
        stage.notes.append(f"no tests in {folder.relative_to(ROOT)}")
        return stage
    report = logs / f"{name}.xml"
    report.unlink(missing_ok=True)
    # pytest-odoo would load a registry; equal file names in two folders want the importlib mode.
    command = [env.python, "-m", "pytest", "-p", "no:odoo", "--import-mode=importlib", "-q", "-rs"]
    command += ["-o", "junit_family=xunit1", f"--junitxml={report}", str(folder)]
    if keyword:
        command += ["-k", keyword]
    done = subprocess.run(command, cwd=ROOT, env={**env.environ(), "PYTHONDONTWRITEBYTECODE": "1"})
    stage.outcomes = read_junit(report)
    # 1: tests failed, 5: none selected; both are visible in the outcomes and the floors.
    if done.returncode not in (0, 1, 5):
        stage.problems.append(
            f"pytest ended with code {done.returncode} in {folder.relative_to(ROOT)}"
        )
    stage.seconds = time.monotonic() - started
    return stage
