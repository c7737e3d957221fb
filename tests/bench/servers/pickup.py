"""How long a task waits for its start on an idle, threaded server."""

from .figure import Figure, ServerCase
from .odoo_server import THREADED, drive, odoo_server, ours


def run(env, rounds, quick=False):
    """Measure the time from the commit of a task to its start."""
    with ours(env) as name:
        drive(env, name, "install")
        with odoo_server(env, name, *THREADED):
            values = drive(env, name, "pickup", THREADED, samples=10 if quick else 60)
    text = [
        f"p50 {values['p50_ms']:.1f} ms (wanted ≤ 150), p90 {values['p90_ms']:.1f} ms, "
        f"max {values['max_ms']:.1f} ms, {values['samples']} samples"
    ]
    return Figure(CASE.name, values, text)


CASE = ServerCase("tasks_pickup", "pick-up of a task by an idle threaded server", run)
