"""1,000 partners written in the background: our tasks, and OCA queue_job in two ways."""

import os

from .figure import Figure, ServerCase
from .odoo_server import database, drive, odoo_server, ours

RUNNER = ("--load", "base,web,queue_job", "--workers", "2", "--max-cron-threads", "0")
LANES = ("--workers", "2", "--max-cron-threads", "3")


def run(env, rounds, quick=False):
    """Measure records per second of the three ways, each on a server with two workers."""
    amount = {"records": 200 if quick else 1000, "rounds": rounds}
    jobs, batch = _queue_job(env, amount)
    tasks, updates, computed = _tasks(env, amount)
    values = {"queue_job_each": jobs, "queue_job_batch": batch, **amount}
    values |= {"tasks_each": tasks, "tasks_update": updates, "tasks_computed": computed}
    ratios = {
        f"{ours}_to_{theirs}": a["median"] / b["median"]
        for ours, a in (("tasks", tasks), ("updates", updates), ("computed", computed))
        for theirs, b in (("jobs", jobs), ("batch", batch))
    }
    values["ratios"] = ratios
    text = [
        f"queue_job, one job per record   {jobs['median']:8.0f} records/s",
        f"queue_job, one job for all      {batch['median']:8.0f} records/s",
        f"our tasks, one per record       {tasks['median']:8.0f} records/s",
        f"the same, type Update Record    {updates['median']:8.0f} records/s",
        f"the same, a computed value      {computed['median']:8.0f} records/s",
        *(
            f"{name:<8} : jobs {ratios[f'{name}_to_jobs']:.1f} (wanted ≥ 25), "
            f": one job {ratios[f'{name}_to_batch']:.2f} (wanted ≥ 1)"
            for name in ("tasks", "updates", "computed")
        ),
    ]
    return Figure(CASE.name, values, text)


def _queue_job(env, amount):
    # queue_job reads its channels from the environment of the server process.
    os.environ["ODOO_QUEUE_JOB_CHANNELS"] = "root:2"
    try:
        with database(env, "queue_job", ["base_automation", "sms", "mail", "queue_job"]) as name:
            drive(env, name, "install")
            with odoo_server(env, name, *RUNNER):
                each = drive(env, name, "jobs_each", **amount)
                return each, drive(env, name, "jobs_batch", **amount)
    finally:
        del os.environ["ODOO_QUEUE_JOB_CHANNELS"]


def _tasks(env, amount):
    with ours(env) as name:
        drive(env, name, "install")
        with odoo_server(env, name, *LANES):
            return [
                drive(env, name, what, LANES, **amount)
                for what in ("tasks_each", "tasks_update", "tasks_computed")
            ]


CASE = ServerCase(
    "tasks_throughput", "tasks, each writing one partner, beside OCA queue_job", run, ("oca",)
)
