"""What the tests of timed rules do inside Odoo; each runs in a process of its own."""

MODEL = "resource.calendar.leaves"
HIT = "record.write({'name': record.name + '!'})"


def make_rule(env, date=None, code=HIT):
    """Activate a rule on leaves, one day after a date of them; returns its id."""
    # Nobody but the processes of the test may look.
    env.ref("base_automation_ext.ir_cron_timed_rules").active = False
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    model_id = env["ir.model"]._get_id(MODEL)
    rule = env["base.automation"].create(
        {
            "name": "One day later",
            "model_id": model_id,
            "trigger": "on_time",
            "trg_date_id": date or env["ir.model.fields"]._get(MODEL, "date_from").id,
            "trg_date_range": 1,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "after",
            "filter_domain": "[('name', 'like', 'due')]",
            "action_server_ids": [
                (0, 0, {"name": "Count", "model_id": model_id, "state": "code", "code": code})
            ],
        }
    )
    env.cr.commit()
    env["base.automation"]._update_cron()
    env.ref("base_automation.ir_cron_data_base_automation_check").active = False
    return rule.id


def make_late(env, records):
    """Create leaves that come too late for the rule."""
    from datetime import datetime, timedelta

    start = datetime.now().replace(microsecond=0) - timedelta(days=1, hours=1)
    env[MODEL].create(
        [
            {"name": f"due {at}", "date_from": start, "date_to": "2046-01-01"}
            for at in range(records)
        ]
    )


def make_many(env, count):
    """Create leaves over ten years, most of them over, by SQL."""
    env.cr.execute(
        """
        INSERT INTO resource_calendar_leaves (name, date_from, date_to, time_type)
        SELECT 'due', (now() AT TIME ZONE 'UTC')::timestamp(0) + (n - %s) * interval '5 minutes',
               '2046-01-01', 'leave'
          FROM generate_series(1, %s) n
        """,
        [count * 8 // 10, count],
    )


def look(env):
    """Look for what is due."""
    env["base.automation"]._run_timed_rules()


def plans(env, tables):
    """Return (statement, plan) of all that a pass does with some tables."""
    from unittest.mock import patch

    from odoo.sql_db import Cursor

    statements, execute = [], Cursor.execute

    def noting(cr, query, params=None, log_exceptions=True):
        text = getattr(query, "code", query)
        statements.append(cr._obj.mogrify(text, getattr(query, "params", params)).decode())
        return execute(cr, query, params, log_exceptions)

    with patch.object(Cursor, "execute", noting):
        look(env)
    found = []
    for text in statements:
        word = text.split(None, 1)[0]
        if word in ("SELECT", "INSERT", "UPDATE", "WITH") and any(one in text for one in tables):
            env.cr._obj.execute(f"EXPLAIN {text}")
            found.append([text, "\n".join(line for [line] in env.cr.fetchall())])
    return found


def late_marks(env, rule):
    """Return how often the rule has run on each record that came late, and what its ledger says."""
    leaves = env[MODEL].search([("name", "=like", "due %")])
    rows = env["base.automation.due"].search([("rule_id", "=", rule), ("res_id", "in", leaves.ids)])
    return [name.count("!") for name in leaves.mapped("name")], sorted(set(rows.mapped("state")))


def assert_no_scan(found, tables):
    """Each of the tables was asked for something, and none read from end to end."""
    for table in tables:
        assert any(table in statement for statement, _plan in found), table
        for statement, plan in found:
            assert f"Seq Scan on {table}" not in plan, f"{statement}\n{plan}"
