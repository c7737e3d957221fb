"""The client of a server case, in a process that has Odoo: queue work, wait, answer in JSON."""

import argparse
import functools
import json
import logging
import random
import statistics
import sys
import time

from .. import data
from .timed_driver import timed_due, timed_idle, timed_install

POLL_SECONDS = 0.01
WAIT_SECONDS = 900
TASK_SOURCE = "record.write({'color': %d})"
COMPUTED_SOURCE = "record.write({'color': (record.id + %d) %% 12})"
BATCH_SOURCE = """
for partner in env['res.partner'].search([('ref', 'like', 'bench-')], limit=%d):
    partner.write({'color': %d})
"""


class Driver:
    """Cursors on one database, in a process configured as those of the server are."""

    def __init__(self, config_file, database, options=()):
        from odoo.tools import config  # only the environment's own Python has Odoo

        config.parse_config(["-c", config_file, "-d", database, "--no-http", *options])
        logging.getLogger("odoo").setLevel(logging.ERROR)
        from odoo.modules.registry import Registry

        self.registry = Registry(database)

    def env(self, cr):
        from odoo import SUPERUSER_ID, api

        return api.Environment(cr, SUPERUSER_ID, {})

    def commit(self, function):
        """Run `function(env)` in a transaction; returns its answer and the moment of the commit."""
        with self.registry.cursor() as cr:
            answer = function(self.env(cr))
            moment = time.time()
        return answer, moment

    def count(self, table, states):
        """Return how many rows of a table are in one of the states."""
        with self.registry.cursor() as cr:
            # The table's name is one of two constants below.
            cr.execute(f"SELECT count(*) FROM {table} WHERE state IN %s", [states])
            return cr.fetchone()[0]

    def wait(self, table, unfinished):
        """Return when no row of the table is unfinished."""
        deadline = time.monotonic() + WAIT_SECONDS
        # One state each, so that an index on the state or for the state is used: whoever counts a
        # long table fifty times a second takes the server's time away.
        found = " OR ".join(
            f"EXISTS (SELECT FROM {table} WHERE state = '{state}')" for state in unfinished
        )
        with self.registry.cursor() as cr:
            while True:
                cr.execute(f"SELECT {found}")
                [left] = cr.fetchone()
                cr.rollback()
                if not left:
                    return
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{table}: work was left after {WAIT_SECONDS} s")
                time.sleep(POLL_SECONDS)

    def settle(self):
        """Wait until no scheduled action is due: in a fresh database all of them are at first."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self.registry.cursor() as cr:
            while time.monotonic() < deadline:
                cr.execute(
                    "SELECT EXISTS (SELECT FROM ir_cron "
                    "WHERE active AND nextcall <= now() AT TIME ZONE 'UTC')"
                )
                [due] = cr.fetchone()
                cr.rollback()
                if not due:
                    return
                # By themselves, schedulers look around once a minute.
                self.env(cr)["ir.cron"]._notifydb()
                time.sleep(0.5)
        raise TimeoutError(f"scheduled actions were due after {WAIT_SECONDS} s")

    def run(self, queue, table, unfinished):
        """Queue work and wait for it.

        :returns: (seconds from the commit, seconds with the queueing)
        """
        started = time.time()
        _answer, committed = self.commit(queue)
        self.wait(table, unfinished)
        ended = time.time()
        return ended - committed, ended - started


JOBS = ("queue_job", ("wait_dependencies", "pending", "enqueued", "started"))
TASKS = ("server_action_task", ("pending", "started"))


def install(driver):
    """Create the partners."""
    driver.commit(lambda env: data.install(env, with_rules=False))


def _rounds(driver, rounds, records, queue, table):
    """Measure several rounds; the first, untimed ones wake everything up."""
    if table is TASKS:
        driver.settle()
    for _worker in range(2):
        driver.run(lambda env: queue(env, 20, 2), *table)
    work = [functools.partial(queue, count=records, color=3 + n) for n in range(rounds)]
    measured = [driver.run(one, *table) for one in work]
    rates = [records / seconds for seconds, _with_queueing in measured]
    total = [records / seconds for _seconds, seconds in measured]
    return {"per_second": rates, "median": statistics.median(rates), "with_queueing": total}


def jobs_each(driver, records, rounds):
    """OCA queue_job, one job per partner."""

    def queue(env, count, color):
        for partner in data.partners(env, count):
            partner.with_delay().write({"color": color})

    return _rounds(driver, rounds, records, queue, JOBS)


def jobs_batch(driver, records, rounds):
    """OCA queue_job, one job that writes all partners one by one."""

    def queue(env, count, color):
        source = BATCH_SOURCE % (count, color)
        data.action(env, "res.partner", "code", code=source).with_delay().run()

    return _rounds(driver, rounds, records, queue, JOBS)


def tasks_each(driver, records, rounds):
    """Our tasks, each writing one partner."""

    def queue(env, count, color):
        action = data.action(env, "res.partner", "code", code=TASK_SOURCE % color)
        env["server.action.task"]._enqueue(action, data.partners(env, count))

    measured = _rounds(driver, rounds, records, queue, TASKS)
    _check_all_done(driver)
    return measured


def tasks_update(driver, records, rounds):
    """Our tasks, each updating one partner by the action of that type, which takes many at once."""

    def queue(env, count, color):
        action = data.update_action(env, "res.partner", "color", str(color))
        env["server.action.task"]._enqueue(action, data.partners(env, count))

    measured = _rounds(driver, rounds, records, queue, TASKS)
    _check_all_done(driver)
    return measured


def tasks_computed(driver, records, rounds):
    """Our tasks, each writing what it computes from its partner; the code runs once for each."""

    def queue(env, count, color):
        action = data.action(env, "res.partner", "code", code=COMPUTED_SOURCE % color)
        env["server.action.task"]._enqueue(action, data.partners(env, count))

    measured = _rounds(driver, rounds, records, queue, TASKS)
    _check_all_done(driver)
    return measured


def tasks_many(driver, records):
    """Queue many tasks at once, more than there are partners; returns seconds."""

    def queue(env):
        action = data.action(env, "res.partner", "code", code=TASK_SOURCE % (records % 10))
        left = records
        while left:
            partners = data.partners(env, min(left, data.PARTNERS))
            env["server.action.task"]._enqueue(action, partners)
            left -= len(partners)

    seconds, total = driver.run(queue, *TASKS)
    _check_all_done(driver)
    return {"records": records, "seconds": seconds, "with_queueing": total}


def pickup(driver, samples, pause_seconds):
    """Milliseconds from the commit of one task to its start, the server being idle.

    :param pause_seconds: (least, most) time between the end of one task and the next
    """
    driver.settle()
    action_id, _moment = driver.commit(
        lambda env: data.action(env, "res.partner", "code", code=TASK_SOURCE % 4).id
    )

    def queue(env):
        action = env["ir.actions.server"].browse(action_id)
        return env["server.action.task"]._enqueue(action, data.partners(env, 1)).id

    found = []
    for _sample in range(samples + 3):
        time.sleep(random.uniform(*pause_seconds))
        task_id, committed = driver.commit(queue)
        driver.wait(*TASKS)
        with driver.registry.cursor() as cr:
            cr.execute(
                "SELECT extract(epoch FROM started_at) FROM server_action_task WHERE id = %s",
                [task_id],
            )
            found.append((float(cr.fetchone()[0]) - committed) * 1000)
    found = sorted(found[3:])  # the first ones load what a server keeps
    return {
        "p50_ms": statistics.median(found),
        "p90_ms": found[int(len(found) * 0.9) - 1],
        "max_ms": found[-1],
        "samples": len(found),
    }


def _check_all_done(driver):
    failed = driver.count("server_action_task", ("failed", "cancelled", "paused"))
    if failed:
        raise RuntimeError(f"{failed} tasks did not succeed; a rate would mean nothing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--options", default="[]", help="further options of Odoo, as JSON")
    parser.add_argument("what")
    parser.add_argument("arguments")
    args = parser.parse_args()
    functions = (install, jobs_each, jobs_batch, tasks_each, tasks_update, tasks_computed)
    functions += (tasks_many, pickup, timed_install, timed_idle, timed_due)
    function = {function.__name__: function for function in functions}[args.what]
    # Odoo and its libraries may print: the answer is the last line.
    answers, sys.stdout = sys.stdout, sys.stderr
    driver = Driver(args.config, args.database, json.loads(args.options))
    answer = function(driver, **json.loads(args.arguments))
    print(json.dumps(answer or {}), file=answers)


if __name__ == "__main__":
    main()
