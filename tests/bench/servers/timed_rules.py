"""50 timed rules on a table of 1,000,000 records: from the due moment to the start."""

from .figure import Figure, ServerCase
from .odoo_server import drive, odoo_server, ours

#: A single process with two scheduler threads.
TWO_THREADS = ("--workers", "0", "--max-cron-threads", "2")
RECORDS, RULES = 1_000_000, 50


def run(env, rounds, quick=False):
    """Measure records that become due now and then, and many at once."""
    amount = {"records": 100_000 if quick else RECORDS, "rules": RULES}
    with ours(env) as name:
        drive(env, name, "timed_install", **amount)
        with odoo_server(env, name, *TWO_THREADS):
            idle = drive(env, name, "timed_idle", TWO_THREADS, seconds=5 if quick else 65)
            # Farther apart than the scheduled action waits for the next one.
            count, seconds = (10, 40) if quick else (40, 160)
            lone = drive(env, name, "timed_due", TWO_THREADS, count=count, seconds=seconds)
            stream = drive(
                env,
                name,
                "timed_due",
                TWO_THREADS,
                count=10_000 if quick else 60_000,
                seconds=10 if quick else 60,
                calls=True,
            )
    text = [
        f"nothing due                   rules, ledger and records read {idle['scans']} times in "
        f"{idle['seconds']} s (wanted 0), scheduled actions meanwhile: "
        f"{', '.join(idle['ran']) or 'none'}",
        f"now and then, due → start     p50 {lone['p50']:.1f} s, p99 {lone['p99']:.1f} s "
        f"(wanted ≤ 65), max {lone['max']:.1f} s, {lone['count']} records",
        f"1,000 due per second          p50 {stream['lag_p50']:.2f} s, "
        f"p99 {stream['lag_p99']:.2f} s behind the wake-up (wanted ≤ 2), "
        f"max {stream['lag_max']:.2f} s, of what was due {stream['lag_max_at']:.0f} s after the "
        f"first, {stream['count']} records",
    ]
    return Figure(CASE.name, {**amount, "idle": idle, "lone": lone, "stream": stream}, text)


CASE = ServerCase(
    "timed_rules", f"{RULES} timed rules on {RECORDS:,} records, due moment → start", run
)
