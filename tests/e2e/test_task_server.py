"""Tasks on a real server: lanes wake after the commit, and a killed server loses nothing."""

from harness.meeting import wait_until

CODE = "record.write({'ref': (record.ref or '') + 'x'})"
#: Scheduler threads look around by themselves once a minute. (``SLEEP_INTERVAL`` of Odoo's server)
POLL_SECONDS = 60


def prepare(admin):
    """Create an action that runs as a task, and a partner for it."""
    action = admin.create(
        "ir.actions.server",
        name="In the background",
        model_id=admin.call("ir.model", "search", [("model", "=", "res.partner")])[0],
        state="code",
        code=CODE,
        code_scope="record",
        execution="task",
    )
    return action, admin.create("res.partner", name="Patient")


def run(admin, action, partner):
    context = {"active_model": "res.partner", "active_ids": [partner], "active_id": partner}
    admin.call("ir.actions.server", "run", [action], context=context)


def test_a_lane_picks_a_task_up_right_after_the_commit(env, database, start_server):
    """The task runs long before the scheduler looks around by itself."""
    admin = start_server(cron_threads=2).login()
    action, partner = prepare(admin)
    for expected in ("x", "xx", "xxx"):
        run(admin, action, partner)
        wait_until(
            lambda text=expected: admin.read("res.partner", partner, "ref") == text,
            "the task to run",
            timeout_seconds=POLL_SECONDS / 3,
        )
    assert env.psql(database, "SELECT DISTINCT state FROM server_action_task").split() == ["done"]


def test_the_task_of_a_killed_server_is_run_by_the_next_one(
    env, database, start_server, meeting, announced
):
    """Killed in the middle of a task, after its effect and before its commit."""
    announced.append("Workers died while running tasks")
    point = "server.action.task:_checkpoint(run.executed)"
    first = start_server(cron_threads=2, kill_points=(point,))
    admin = first.login()
    action, partner = prepare(admin)
    run(admin, action, partner)
    meeting.wait_reached(point)
    first.kill()
    query = "SELECT state, crash_count FROM server_action_task"
    assert env.psql(database, query).strip() == "started|0"

    admin = start_server(cron_threads=2).login()
    wait_until(
        lambda: env.psql(database, query).strip() == "done|1",
        "the next server to take the task back",
        timeout_seconds=POLL_SECONDS + 30,
    )
    assert admin.read("res.partner", partner, "ref") == "x"
