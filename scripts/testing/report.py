"""What ``scripts/test`` prints about a stage, and at the very end."""

from .logs import AllowList
from .outcome import StageResult

LINES = 25


def print_stage(stage: StageResult) -> None:
    """Print everything a reader must look at, then one line of counts."""
    for one in stage.failures:
        print(f"\n✗ {one.id} ({one.outcome})\n{shorten(one.detail)}")
    for record in stage.findings:
        where = f" (during {record.test})" if record.test else ""
        print(f"\n✗ not announced in Odoo's log{where}:\n{shorten(record.text)}")
    for problem in stage.problems:
        print(f"\n✗ {problem}")
    for one in stage.skipped:
        reason = one.detail.strip().splitlines()
        print(f"  skipped: {one.id}: {reason[0] if reason else 'no reason given'}")
    for note in stage.notes:
        print(f"  note: {note}")
    print(f"{'✓' if stage.ok else '✗'} {stage.name}: {counts([stage])}", flush=True)


def counts(stages: list[StageResult]) -> str:
    executed = sum(sum(stage.executed.values()) for stage in stages)
    parts = [
        f"{executed} run",
        f"{sum(len(stage.failures) for stage in stages)} failed",
        f"{sum(len(stage.known) for stage in stages)} failed as on stock (baseline)",
        f"{sum(len(stage.skipped) for stage in stages)} skipped",
        f"{sum(len(stage.findings) for stage in stages)} unannounced log records",
        f"{sum(len(stage.problems) for stage in stages)} other problems",
    ]
    return ", ".join(parts) + f" in {sum(stage.seconds for stage in stages):.0f} s"


def print_unused(allowed: AllowList) -> None:
    for entry in allowed.unused():
        print(
            f"  note: tests/log_allowlist.txt:{entry.line} allowed nothing in this run: "
            f"{entry.pattern.pattern}"
        )


def shorten(text: str) -> str:
    lines = text.rstrip().splitlines()
    if len(lines) > LINES:
        # The first lines of a log record say what it is, the last ones of a traceback why.
        lines = [*lines[:3], "[…]", *lines[3 - LINES :]]
    return "\n".join(f"    {line}" for line in lines)
