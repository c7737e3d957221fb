"""Cost per task and memory, from 1,000 to 100,000 tasks."""

from .figure import Figure, ServerCase
from .odoo_server import THREADED, drive, memory_mb, odoo_server, ours


def run(env, rounds, quick=False):
    """Measure 1,000, 10,000 and 100,000 tasks on one threaded server."""
    rows = []
    with ours(env) as name:
        drive(env, name, "install")
        with odoo_server(env, name, *THREADED) as server:
            drive(env, name, "tasks_many", THREADED, records=100)
            for records in (1000, 5000) if quick else (1000, 10_000, 100_000):
                row = drive(env, name, "tasks_many", THREADED, records=records)
                resident, peak = memory_mb(server)
                rows.append({**row, "resident_mb": resident, "peak_mb": peak})
    text = [
        f"{row['records']:>7,} tasks: {row['seconds'] * 1e6 / row['records']:7.0f} µs per task, "
        f"server's memory {row['resident_mb']:.0f} MB, peak {row['peak_mb']:.0f} MB"
        for row in rows
    ]
    return Figure(CASE.name, {"rows": rows}, text)


CASE = ServerCase("tasks_linear", "cost per task and memory up to 100,000 tasks", run)
