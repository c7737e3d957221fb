"""The client of the case of timed rules: make records due, wait, tell how late each was begun."""

import functools
import statistics
import time
from datetime import datetime, timedelta, timezone

from .. import data

#: Written by the rules: when the batch of a record was begun, in seconds since the epoch.
SOURCE = "records.write({'line': str(time.time())})"
_WAIT_SECONDS = 300
#: A connection that rests tells the statistics within ten seconds what it has read.
_STATISTICS_SECONDS = 12
#: Rules count from here on; the mass of the records lies years before.
_LONG_AGO = datetime(2015, 1, 1)


def timed_install(driver, records, rules):
    """Create a table of old records, and rules of which each concerns its part of them."""

    def make(env):
        env.cr.execute(
            """
            INSERT INTO ir_logging (create_date, name, type, message, path, func, line)
            SELECT %s::timestamp + number * interval '5 minutes', 'bench', 'server', '', '',
                   'rule-' || number %% %s, ''
              FROM generate_series(1, %s) AS number
            """,
            [_LONG_AGO, rules, records],
        )

    driver.commit(make)
    # As in a database that has had timed rules for a while: the first one brings the index.
    for numbers in (range(1), range(1, rules)):
        driver.commit(functools.partial(_make_rules, numbers=numbers))
        _wait_for_index(driver)
    with driver.registry.cursor() as cr:
        cr.execute("ANALYZE ir_logging")


def _make_rules(env, numbers):
    for number in numbers:
        data.rule(
            env,
            f"due {number}",
            "ir.logging",
            [data.action(env, "ir.logging", "code", code=SOURCE)],
            trigger="on_time",
            trg_date_id=env["ir.model.fields"]._get("ir.logging", "create_date").id,
            trg_date_range=number + 1,
            trg_date_range_type="hour",
            filter_domain=f"[('func', '=', 'rule-{number}'), ('name', '=', 'bench')]",
        )


def _wait_for_index(driver):
    """The suite makes it beside everybody's work; this process must not end before."""
    deadline = time.monotonic() + _WAIT_SECONDS
    with driver.registry.cursor() as cr:
        while time.monotonic() < deadline:
            cr.execute(
                "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                "WHERE i.indisvalid AND c.relname = 'base_automation_due_at_ir_logging_create_date'"
            )
            found = cr.fetchone()
            cr.rollback()
            if found:
                return
            time.sleep(0.2)
    raise TimeoutError("the index for the date of the rules was never made")


def _put_off_vacuum(env):
    """The clean-up of all Odoo, once a day, would read whatever it cleans."""
    env.ref("base.autovacuum_job").nextcall += timedelta(days=1)


def timed_idle(driver, seconds):
    """Return how often rules, ledger and records were read while nothing was due."""
    driver.commit(_put_off_vacuum)
    driver.settle()
    # What was read before counts otherwise.
    time.sleep(_STATISTICS_SECONDS)
    before, calls = _scans(driver), _last_calls(driver)
    time.sleep(seconds)
    scans = _scans(driver) - before
    ran = [name for name, moment in _last_calls(driver).items() if moment != calls.get(name)]
    return {"seconds": seconds, "scans": scans, "ran": sorted(ran)}


def _last_calls(driver):
    """Return when each scheduled action ran last, by name."""
    with driver.registry.cursor() as cr:
        cr.execute("SELECT cron_name, lastcall::text FROM ir_cron")
        return dict(cr.fetchall())


def _scans(driver):
    with driver.registry.cursor() as cr:
        cr.execute(
            "SELECT sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::int "
            "FROM pg_stat_user_tables "
            "WHERE relname IN ('base_automation', 'base_automation_due', 'ir_logging')"
        )
        return cr.fetchone()[0]


def timed_due(driver, count, seconds, calls=False):
    """Have records become due one after the other; return how late they were begun, in seconds.

    ``lag`` counts from the wake-up: from the due moment, or from the start of the first of all
    where that is later.

    :param calls: whether the scheduler is called when the first is due; by itself it looks around
        once a minute, and what piles up until then would be measured
    """
    driver.settle()
    # Wake-ups are for full seconds.
    begin = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0) + timedelta(seconds=15)

    def shift(env):
        # The oldest of each rule are taken; every rule has its own delay.
        env.cr.execute(
            """
            UPDATE ir_logging l
               SET line = '', create_date = moment.due - (moment.rule + 1) * interval '1 hour'
              FROM (SELECT id, substr(func, 6)::int AS rule,
                           %s::timestamp + (row_number() OVER (ORDER BY id DESC) - 1)
                           * interval '1 second' * %s / %s AS due
                      FROM ir_logging WHERE name = 'bench' AND line = ''
                     ORDER BY id DESC LIMIT %s) AS moment
             WHERE moment.id = l.id
         RETURNING l.id, moment.due
            """,
            [begin, seconds, count, count],
        )
        due = dict(env.cr.fetchall())
        # A change through Odoo would do this by itself.
        rules = env["base.automation"].search([("trigger", "=", "on_time")])
        rules[:1]._wake_at(min(due.values()))
        return due

    due, _moment = driver.commit(shift)
    if calls:
        _sleep_until(begin)
        driver.commit(lambda env: env["ir.cron"]._notifydb())
    # Counting meanwhile would take the server's time away.
    _sleep_until(max(due.values()))
    started = _wait_for_start(driver, list(due))
    late = sorted(started[id_] - _epoch(moment) for id_, moment in due.items())
    first = min(started.values())
    lags = {id_: started[id_] - max(_epoch(moment), first) for id_, moment in due.items()}
    longest = max(lags, key=lags.get)
    return {
        "count": count,
        **_figures("", late),
        **_figures("lag_", sorted(lags.values())),
        "lag_max_at": _epoch(due[longest]) - _epoch(begin),
        "lag_max_by_second": _longest_by_second(due, lags, begin),
    }


def _longest_by_second(due, lags, begin):
    """Return the longest lag of what was due in each second: it tells passes apart."""
    longest = {}
    for id_, moment in due.items():
        second = int(_epoch(moment) - _epoch(begin))
        longest[second] = max(longest.get(second, 0.0), round(lags[id_], 3))
    return [longest[second] for second in sorted(longest)]


def _sleep_until(moment):
    time.sleep(max(0.0, _epoch(moment) - time.time()))


def _wait_for_start(driver, ids):
    """Return ``{id: moment}`` once all have been begun."""
    deadline = time.monotonic() + _WAIT_SECONDS
    with driver.registry.cursor() as cr:
        while time.monotonic() < deadline:
            cr.execute(
                "SELECT id, line::float FROM ir_logging WHERE id = ANY(%s) AND line <> ''", [ids]
            )
            found = dict(cr.fetchall())
            cr.rollback()
            if len(found) == len(ids):
                return found
            time.sleep(1)
    raise TimeoutError(f"{len(ids) - len(found)} of {len(ids)} due records were never begun")


def _epoch(moment):
    return moment.replace(tzinfo=timezone.utc).timestamp()


def _figures(prefix, values):
    return {
        f"{prefix}p50": statistics.median(values),
        f"{prefix}p99": values[int(len(values) * 0.99) - 1],
        f"{prefix}max": values[-1],
    }
