"""How long a task waits for its start on an idle, threaded server."""

from .figure import Figure, ServerCase
from .odoo_server import THREADED, drive, odoo_server, ours

#: Seconds between tasks. After the first ones the lane has ended, after the others it still rests.
IDLE, RESTING = (2.5, 3.0), (0.2, 0.6)


def run(env, rounds, quick=False):
    """Measure the time from the commit of a task to its start."""
    with ours(env) as name:
        drive(env, name, "install")
        with odoo_server(env, name, *THREADED):
            idle, resting = (
                drive(env, name, "pickup", THREADED, samples=count, pause_seconds=pause)
                for count, pause in ((10 if quick else 30, IDLE), (10 if quick else 60, RESTING))
            )
    text = [_line("idle   ", idle, " (wanted ≤ 150)"), _line("resting", resting)]
    return Figure(CASE.name, {**idle, "resting": resting}, text)


def _line(what, values, wanted=""):
    return (
        f"{what} p50 {values['p50_ms']:.1f} ms{wanted}, p90 {values['p90_ms']:.1f} ms, "
        f"max {values['max_ms']:.1f} ms, {values['samples']} samples"
    )


CASE = ServerCase("tasks_pickup", "pick-up of a task by an idle threaded server", run)
