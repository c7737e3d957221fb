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
    tasks, updates = _tasks(env, amount)
    values = {"queue_job_each": jobs, "queue_job_batch": batch, **amount}
    values |= {"tasks_each": tasks, "tasks_update": updates}
    to_jobs, to_batch = tasks["median"] / jobs["median"], tasks["median"] / batch["median"]
    values["ratios"] = {"tasks_to_jobs": to_jobs, "tasks_to_batch": to_batch}
    text = [
        f"queue_job, one job per record   {jobs['median']:8.0f} records/s",
        f"queue_job, one job for all      {batch['median']:8.0f} records/s",
        f"our tasks, one per record       {tasks['median']:8.0f} records/s",
        f"the same, type Update Record    {updates['median']:8.0f} records/s",
        f"tasks : jobs {to_jobs:.1f} (wanted ≥ 25), tasks : one job {to_batch:.2f} (wanted ≥ 1)",
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
            each = drive(env, name, "tasks_each", LANES, **amount)
            return each, drive(env, name, "tasks_update", LANES, **amount)


CASE = ServerCase(
    "tasks_throughput", "tasks, each writing one partner, beside OCA queue_job", run, ("oca",)
)
