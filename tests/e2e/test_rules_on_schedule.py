"""Rules on a schedule with real commits: two workers, a server that was down, a failing rule."""

from harness.meeting import Meeting, wait_until

ROUNDS = 15
RECORDS = 5
#: Scheduler threads look around by themselves once a minute. (``SLEEP_INTERVAL`` of Odoo's server)
POLL_SECONDS = 60
COUNT = "record.write({'color': record.color + 1})"
POINT = "base.automation:_run_scheduled"


def make_rule(env, code=COUNT, **vals):
    """Create a rule on categories that is due every minute, and its records."""
    model_id = env["ir.model"]._get_id("res.partner.category")
    records = env["res.partner.category"].create(
        [{"name": f"S{at}", "color": 0} for at in range(RECORDS)]
    )
    rule = env["base.automation"].create(
        {
            "name": "Every minute",
            "model_id": model_id,
            "trigger": "on_schedule",
            "schedule_kind": "cron",
            "schedule_cron": "* * * * *",
            "schedule_tz": "UTC",
            "filter_domain": f"[('id', 'in', {records.ids})]",
            "action_server_ids": [
                (0, 0, {"name": "Count", "model_id": model_id, "state": "code", "code": code})
            ],
            **vals,
        }
    )
    return rule, records


def prepare(env):
    rule, records = make_rule(env)
    # Nobody but the processes of the test may look.
    env.ref("base_automation_ext.ir_cron_timed_rules").active = False
    return {"rule": rule.id, "records": records.ids}


def make_due(env, rule):
    env.cr.execute(
        "UPDATE base_automation SET schedule_next = '2026-01-01 08:00:00' WHERE id = %s", [rule]
    )
    env.cr.commit()


def work(env, number, rule, records, folder):
    """Look for due rules together with the other process, round after round."""
    meeting = Meeting(folder)
    for turn in range(ROUNDS):
        if number == 0:
            make_due(env, rule)
        meeting.barrier(f"start {turn}", parties=2)
        env["base.automation"]._run_timed_rules()
        meeting.barrier(f"end {turn}", parties=2)
    return True


def run_once(env, rule):
    make_due(env, rule)
    env["base.automation"]._run_timed_rules()


def look_again(env):
    env["base.automation"]._run_timed_rules()


def colors(env, records):
    return env["res.partner.category"].browse(records).mapped("color")


def test_two_workers_fire_a_due_rule_once(in_odoo, meeting):
    """Over many rounds started together, each due moment has fired exactly once."""
    prepared = in_odoo(prepare).result()
    folder = str(meeting.folder)
    workers = [in_odoo(work, number=at, folder=folder, **prepared) for at in (0, 1)]
    assert [worker.result(timeout_seconds=300) for worker in workers] == [True, True]
    assert in_odoo(colors, records=prepared["records"]).result() == [ROUNDS] * RECORDS


def test_worker_that_comes_while_another_one_is_at_it(in_odoo, meeting):
    """It leaves the rule alone instead of waiting; a killed worker's moment is due again."""
    prepared = in_odoo(prepare).result()
    first = in_odoo(run_once, kill_points=(POINT,), rule=prepared["rule"])
    meeting.wait_reached(POINT)
    in_odoo(look_again).result(timeout_seconds=60)
    assert in_odoo(colors, records=prepared["records"]).result() == [0] * RECORDS
    first.kill()
    wait_until(
        lambda: (
            in_odoo(look_again).result()
            or set(in_odoo(colors, records=prepared["records"]).result()) == {1}
        ),
        "the lock of the killed worker to be gone",
    )


def prepare_missed(env):
    """Two rules whose moment passed while no server was running; one of them fails."""
    _broken, records = make_rule(env, "raise UserError('broken')", name="Broken", sequence=1)
    vals = {"filter_domain": f"[('id', 'in', {records.ids})]", "sequence": 2}
    make_rule(env, **vals, schedule_cron="0 8 1 1 *")
    env.flush_all()
    env.cr.execute(
        "UPDATE base_automation SET schedule_next = '2026-01-01 08:00:00' "
        "WHERE trigger = 'on_schedule'"
    )
    cron = env.ref("base_automation_ext.ir_cron_timed_rules")
    env.cr.execute("UPDATE ir_cron_trigger SET call_at = '2026-01-01 08:00:00'")
    # A job of Odoo's in the middle of which the server is stopped would complain in the log.
    env.cr.execute("UPDATE ir_cron SET active = (id = %s)", [cron.id])
    return records.ids


def test_server_that_was_down(env, database, in_odoo, start_server, announced):
    """A missed moment fires once when it is back, whatever the rule before does."""
    announced.append("The automation rule “Broken”")
    records = in_odoo(prepare_missed).result()
    start_server(cron_threads=1)
    query = f"SELECT DISTINCT color FROM res_partner_category WHERE id = ANY(ARRAY{records})"
    wait_until(
        lambda: env.psql(database, query).split() == ["1"],
        "the missed rule to fire",
        timeout_seconds=POLL_SECONDS + 30,
    )
    # The broken rule is due every minute, so there is a wake-up within the next one.
    planned = (
        "SELECT count(*) FROM ir_cron_trigger WHERE call_at > now() AT TIME ZONE 'UTC' "
        "AND cron_id = (SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_timed_rules')"
    )
    wait_until(lambda: int(env.psql(database, planned)) >= 1, "the next wake-up")
    failed = "SELECT DISTINCT state FROM server_action_run WHERE origin_name = 'Broken'"
    assert env.psql(database, failed).split() == ["failed"]
