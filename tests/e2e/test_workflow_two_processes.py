"""Workflows in two processes at once."""

from harness.meeting import Meeting, wait_until


def define(env):
    """Make a workflow whose signal counts, and a record in it."""
    workflow = env["workflow"].create({"name": "Count", "osv": "res.partner"})
    names = {"a": {"flow_start": True}, "b": {"kind": "function", "flow_stop": True}}
    names["b"]["action"] = "write({'color': color + 1})"
    acts = {
        name: env["workflow.activity"].create({"name": name, "wkf_id": workflow.id, **vals})
        for name, vals in names.items()
    }
    env["workflow.transition"].create(
        {"act_from": acts["a"].id, "act_to": acts["b"].id, "signal": "go"}
    )
    workflow.action_publish()
    return env["res.partner"].create({"name": "Wanted", "color": 0}).id


def send(env, partner, folder):
    """Send the signal as a request does: what PostgreSQL refuses is tried again."""
    from odoo.service.model import retrying

    record = env["res.partner"].browse(partner)
    Meeting(folder).barrier("ready", parties=2)

    def attempt():
        found = record.workflow_signal_report("go")[partner]
        if found["accepted"]:
            # The other process meets the lock, whoever was first.
            wait_until(lambda: somebody_waits(env), "the other process at the lock")
        return [found["accepted"], found["reason"]]

    return retrying(attempt, env)


def somebody_waits(env):
    """Tell whether a process waits for a lock."""
    # Within one transaction PostgreSQL always gives the first answer.
    with env.registry.cursor() as cr:
        cr.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cr.fetchone()[0]


def look(env, partner):
    """Return what became of the record."""
    instance = env["workflow.instance"].search([("res_id", "=", partner)])
    lines = env["workflow.log"].search([("res_id", "=", partner)], order="id")
    return {
        "color": env["res.partner"].browse(partner).color,
        "at": instance.workitem_ids.act_id.mapped("name"),
        "log": lines.mapped("event"),
    }


def test_of_two_processes_that_send_the_same_signal_one_moves(in_odoo, meeting):
    """The other one is refused with the reason, and the activity has run once."""
    partner = in_odoo(define).result()
    folder = str(meeting.folder)
    processes = [in_odoo(send, partner=partner, folder=folder) for _ in range(2)]
    answers = sorted(process.result() for process in processes)
    assert answers == [[False, "inactive"], [True, ""]]
    assert in_odoo(look, partner=partner).result() == {
        "color": 1,
        "at": ["b"],
        "log": ["start", "move", "finish", "refused"],
    }


def publish(env, folder):
    """Publish a second version; meet the other process after every step."""
    meeting = Meeting(folder)

    def met(step):
        meeting.barrier(f"{step} done", parties=2)
        meeting.barrier(f"{step} looked at", parties=2)

    workflow = env["workflow"].search([("name", "=", "Count")])
    met("nothing")
    workflow.action_new_draft()
    workflow.draft_version_id.activity_ids.filtered("flow_start").name = "begin"
    workflow.action_publish()
    env.flush_all()
    met("uncommitted")
    env.cr.commit()
    met("published")
    workflow.action_retire()
    env.cr.commit()
    met("retired")


def create(env, folder):
    """Create a record after every step of the other process, as one request each."""
    from odoo.api import Environment

    meeting, registry, seen = Meeting(folder), env.registry, {}
    for step in ("nothing", "uncommitted", "published", "retired"):
        meeting.barrier(f"{step} done", parties=2)
        assert registry.check_signaling() is registry, "the registry was reloaded"
        with registry.cursor() as cr:
            env = Environment(cr, env.uid, {})
            partner = env["res.partner"].create({"name": "New"})
            instance = env["workflow.instance"].search([("res_id", "=", partner.id)])
            seen[step] = instance.workitem_ids.act_id.mapped("name")
        meeting.barrier(f"{step} looked at", parties=2)
    return seen


def test_a_version_published_in_one_process_is_used_by_the_other(in_odoo, meeting):
    """From its commit on, without the registry being loaded again."""
    in_odoo(define).result()
    folder = str(meeting.folder)
    publishing, creating = in_odoo(publish, folder=folder), in_odoo(create, folder=folder)
    assert creating.result() == {
        "nothing": ["a"],
        "uncommitted": ["a"],
        "published": ["begin"],
        "retired": [],
    }
    publishing.result()
