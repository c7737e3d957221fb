"""A timed rule in working days on a table of 500,000 records, of which a few are due."""

from datetime import datetime, timedelta
from itertools import count

from .. import data
from ..case import Case

RECORDS, DUE = 500_000, 100
_NEVER = datetime(2020, 1, 6)
#: Whoever remembers what a rule has run for must not know the moments of a round from the last one.
_ROUNDS = count()


def _calendar(env):
    return env.company.resource_calendar_id


def _setup(env):
    action = data.update_action(env, "ir.logging", "path", "done")
    data.rule(
        env,
        "calendar",
        "ir.logging",
        [action],
        trigger="on_time",
        trg_date_id=env["ir.model.fields"]._get("ir.logging", "create_date").id,
        trg_date_range=3,
        trg_date_range_type="day",
        trg_date_calendar_id=_calendar(env).id,
    )


def _prepare(env):
    """Have the table, and as many records of it become due as in any round."""
    env.cr.execute("SELECT count(*) FROM ir_logging WHERE name = 'bench'")
    if not env.cr.fetchone()[0]:
        env.cr.execute(
            """
            INSERT INTO ir_logging (create_date, name, type, message, path, func, line)
            SELECT %s::timestamp + number * interval '3 minutes', 'bench', 'server', '', '', '', ''
              FROM generate_series(1, %s) AS number
            """,
            [_NEVER, RECORDS],
        )
        env.cr.execute("ANALYZE ir_logging")
    now = env.cr.now()
    # Due some days ago, by the count of stock, which begins with the day itself, and by ours.
    value = _calendar(env).plan_days(-4, now - timedelta(days=4), compute_leaves=True)
    value -= next(_ROUNDS) * timedelta(seconds=DUE)
    env.cr.execute(
        """
        UPDATE ir_logging SET path = '', create_date = %s - number * interval '1 second'
          FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM ir_logging
                 WHERE name = 'bench' ORDER BY id LIMIT %s) AS due
         WHERE due.id = ir_logging.id
        """,
        [value, DUE],
    )
    env.invalidate_all()
    rules = env["base.automation"].search([("trigger", "=", "on_time")])
    rules.write({"last_run": now - timedelta(days=14)})
    env.cr.commit()
    return value - timedelta(seconds=DUE), value


def _act(env, _window):
    env["base.automation"]._cron_process_time_based_actions()
    env.cr.execute("SELECT count(*) FROM ir_logging WHERE path = 'done'")
    [done] = env.cr.fetchone()
    assert done >= DUE, f"{done} of {DUE} records were updated"


def _hand(env, window):
    low, high = window
    domain = [("create_date", ">=", low), ("create_date", "<", high)]
    env["ir.logging"].search(domain).write({"path": "done"})
    env.cr.commit()


CASES = [
    Case(
        name="timed_calendar",
        label=f"timed rule in working days, {DUE} of {RECORDS:,} records due",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        late=False,
    )
]
