"""The command line of ``scripts/test``."""

import argparse
import sys
from pathlib import Path

from toolkit.environment import open_environment

from . import report, stages
from .limits import check_floor, load_toml
from .logs import AllowList
from .odoo_run import fresh_folder
from .outcome import StageResult

TESTS = stages.ROOT / "tests"


def main(arguments: list[str]) -> int:
    """Run the wanted stages and return 0 if every one of them is in order."""
    wanted = parse(arguments)
    selected = [split(item) for item in wanted.stage] or [(name, None) for name in stages.STAGES]
    need = {need for name, _only in selected for need in stages.NEEDS[name]}
    with open_environment(need=tuple(sorted(need))) as env:
        allowed = AllowList.load(TESTS / "log_allowlist.txt")
        logs = fresh_folder(Path(env.work) / "test-logs")
        floors = load_toml(TESTS / "floors.toml", env.python)
        results = []
        for name, only in selected:
            options = stages.Options(logs, allowed, wanted.k, only, wanted.stock)
            result = stages.STAGES[name](env, options)
            if not (wanted.k or only):
                result.problems += check_floor(result.executed, floors.get(name, {}))
            report.print_stage(result)
            results.append(result)
    return conclude(results, allowed, complete=not (wanted.k or wanted.stage), logs=logs)


def conclude(results: list[StageResult], allowed: AllowList, complete: bool, logs: Path) -> int:
    if complete:
        report.print_unused(allowed)
    bad = [result.name for result in results if not result.ok]
    print(f"\n{'FAILED in ' + ', '.join(bad) if bad else 'PASSED'}: {report.counts(results)}")
    if not complete:
        print("A part of the tests only; logs of Odoo are in", logs)
    elif bad:
        print("Logs of Odoo are in", logs)
    if not any(sum(result.executed.values()) for result in results):
        print("No test was run.")
        return 1
    return 1 if bad else 0


def split(item: str) -> tuple[str, str | None]:
    name, _colon, only = item.partition(":")
    if name not in stages.STAGES:
        sys.exit(f"There is no stage {name}; choose from {', '.join(stages.STAGES)}.")
    return name, only or None


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run the tests: all of them, or the named stages.",
        epilog="Examples: scripts/test unit · "
        "scripts/test addons:server_action_engine -k TestRunLog · "
        "scripts/test conformance:base_automation · scripts/test conformance --stock",
    )
    parser.add_argument(
        "stage", nargs="*", help=f"{', '.join(stages.STAGES)}; with :NAME one addon or suite"
    )
    parser.add_argument(
        "-k", metavar="NAME", help="pytest's -k; for Odoo's runner a test Class or Class.method"
    )
    parser.add_argument(
        "--stock", action="store_true", help="conformance without our addons, to check the baseline"
    )
    return parser.parse_args(arguments)
