"""Install addons in a copy of a prepared database and run tests there."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .logs import AllowList, findings
from .outcome import FAILED, StageResult, read_jsonl

RUNNER = Path(__file__).with_name("runner.py")
TIMEOUT_SECONDS = 25 * 60
SLOW_STEP_MS = 250
REPETITIONS = 3
_TOUR = "odoo.startTour("


@contextmanager
def database_copy(env, name: str, template: str) -> Iterator[str]:
    """Yield a database of its own, copied from ``template``, and drop it afterwards."""
    copy = f"{name}_{os.getpid()}"
    env.create_database(copy, template)
    try:
        yield copy
    finally:
        env.drop_database(copy)


def install(
    env, stage: StageResult, database: str, addons: list[str], log: Path, allowed: AllowList
) -> bool:
    """Install ``addons`` with ``odoo-bin -i``; return whether that went well."""
    log.unlink(missing_ok=True)
    arguments = ["-d", database, "-i", ",".join(addons), "--stop-after-init", "--no-http"]
    done = env.odoo(arguments, check=False, log=log, timeout=TIMEOUT_SECONDS)
    stage.findings += findings(log, allowed)
    if done.returncode:
        stage.problems.append(
            f"odoo-bin -i {','.join(addons)} ended with code {done.returncode}: {log}"
        )
        return False
    states = env.psql(database, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    missing = set(addons) - set(str(states).split())
    if missing:
        stage.problems.append(f"odoo-bin -i left {', '.join(sorted(missing))} uninstalled: {log}")
    return not missing


def run_tests(
    env, stage: StageResult, database: str, tags: str, log: Path, allowed: AllowList
) -> None:
    """Run the tests which ``tags`` (Odoo's ``--test-tags``) select, and add their outcomes to
    ``stage``.

    Odoo's tours click as fast as they can and lose races against a busy machine, some also against
    Odoo's own widgets: those that fail are run again with a pause before each step, up to
    ``REPETITIONS`` times, and only what fails every time has failed.
    """
    _run_once(env, stage, database, tags, log, allowed, {})
    for number in range(1, REPETITIONS + 1):
        tours = sorted(
            {one.test for one in stage.outcomes if one.outcome in FAILED and _TOUR in one.detail}
        )
        if not tours:
            return
        _repeat(env, stage, database, tours, log.with_suffix(f".again{number}.log"), allowed)


def _repeat(env, stage, database: str, tours: list[str], log: Path, allowed: AllowList) -> None:
    """Run failed tours again, slower, and put what comes of it in the place of what came first."""
    again = StageResult(stage.name)
    tags = ",".join(f"/{test}" for test in tours)
    delay = {"TOUR_STEP_DELAY_MS": str(SLOW_STEP_MS)}
    _run_once(env, again, database, tags, log, allowed, delay)
    repeated = {one.test for one in again.outcomes}
    stage.outcomes = [one for one in stage.outcomes if one.test not in repeated] + again.outcomes
    short = {test.partition(":")[2] for test in repeated}
    stage.findings = [one for one in stage.findings if one.test not in short] + again.findings
    stage.problems += again.problems
    passed = {one.test for one in again.outcomes if one.outcome == "passed"}
    stage.notes += [
        f"{test} passed only with {SLOW_STEP_MS} ms between its steps" for test in sorted(passed)
    ]


def _run_once(
    env,
    stage: StageResult,
    database: str,
    tags: str,
    log: Path,
    allowed: AllowList,
    variables: dict,
) -> None:
    results = log.with_suffix(".jsonl")
    for path in (log, results):
        path.unlink(missing_ok=True)
    command = [env.python, RUNNER, results, tags, "-c", env.conf, "-d", database]
    command += [
        "--http-interface",
        "127.0.0.1",
        "--http-port",
        str(env.free_port()),
        "--logfile",
        log,
    ]
    output = log.with_suffix(".out")
    with output.open("wb") as stream:
        code = _run_group([str(part) for part in command], stream, {**env.environ(), **variables})
    stage.outcomes += read_jsonl(results)
    stage.findings += findings(log, allowed)
    if code:
        tail = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        stage.problems.append(f"the test run in {database} ended with code {code}: {log}\n{tail}")


def _run_group(command: list[str], stream, environ: dict[str, str]) -> int:
    """Run ``command`` in a process group of its own, so that no browser of it is left behind."""
    process = subprocess.Popen(
        command, stdout=stream, stderr=subprocess.STDOUT, env=environ, start_new_session=True
    )
    try:
        return process.wait(TIMEOUT_SECONDS)
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def fresh_folder(path: Path) -> Path:
    """Return the folder ``path``, emptied."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
