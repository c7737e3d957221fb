"""The committed expectations: the baseline of stock failures and the floors of executed tests."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .outcome import FAILED, Outcome, StageResult


@dataclass(frozen=True)
class Known:
    """A failure that stock Odoo shows in the same environment."""

    id: str
    contains: str
    reason: str


def load_baseline(path: Path) -> list[Known]:
    """Read lines ``test id | text its failure contains | reason``; ``#`` starts a comment.

    :raises ValueError: for a line without three parts
    """
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 3 or not all(parts):
            raise ValueError(
                f"{path.name}:{number}: write 'test id | text its failure contains | reason'"
            )
        entries.append(Known(*parts))
    return entries


def apply_baseline(stage: StageResult, baseline: list[Known]) -> None:
    """Move known failures aside, and note the entries whose test ran and did not fail."""
    expected = {entry.id: entry for entry in baseline}
    ran = {one.test for one in stage.outcomes if one.outcome != "skipped"}
    failed = set()
    for one in stage.outcomes:
        if one.outcome not in FAILED or one.id not in expected:
            continue
        failed.add(one.id)
        entry = expected[one.id]
        if entry.contains in one.detail:
            stage.known.append(one)
        else:
            stage.notes.append(
                f"{one.id}: fails otherwise than on stock (no “{entry.contains}” in it)"
            )
    for entry in baseline:
        if entry.id not in failed and entry.id.partition(" [")[0] in ran:
            stage.notes.append(f"cured: {entry.id} no longer fails, take it out of the baseline")


def load_toml(path: Path, python: Path) -> dict:
    """Read a TOML file, on Python 3.10 with the parser that comes with pytest."""
    try:
        import tomllib
    except ModuleNotFoundError:
        code = "import json, sys, tomli; print(json.dumps(tomli.load(open(sys.argv[1], 'rb'))))"
        done = subprocess.run(
            [python, "-c", code, path], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check_floor(executed: Counter, floor: dict[str, int]) -> list[str]:
    """Return a sentence for each group of which fewer tests ran than ``floor`` demands."""
    return [
        f"only {executed[group]} tests of {group} were run, the floor is {least} "
        "(tests/floors.toml)"
        for group, least in floor.items()
        if executed[group] < least
    ]


def ids(outcomes: list[Outcome]) -> list[str]:
    return sorted({one.id for one in outcomes})
