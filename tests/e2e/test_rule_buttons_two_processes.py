"""Buttons of rules in two processes: one edits the rule, the other one shows views."""

from harness.meeting import Meeting

STEPS = ("nothing", "uncommitted", "created", "renamed", "paused", "deleted")


def edit(env, folder):
    """Create, rename, pause and delete a button; meet the other process after every step."""
    meeting = Meeting(folder)

    def met(step):
        meeting.barrier(f"{step} done", parties=2)
        meeting.barrier(f"{step} looked at", parties=2)

    met("nothing")
    rule = env["base.automation"].create(
        {
            "name": "First",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "trigger": "on_button",
        }
    )
    env.flush_all()
    own = env["res.partner"].get_view(view_type="form")["arch"]
    met("uncommitted")
    env.cr.commit()
    met("created")
    rule.name = "Second"
    env.cr.commit()
    met("renamed")
    rule.paused = True
    env.cr.commit()
    met("paused")
    rule.unlink()
    env.cr.commit()
    met("deleted")
    return 'string="First"' in own


def look(env, folder):
    """Look at a form after every step of the other process, as one request each."""
    from odoo.api import Environment

    meeting = Meeting(folder)
    registry = env.registry
    seen, marks = {}, {}
    for step in STEPS:
        meeting.barrier(f"{step} done", parties=2)
        assert registry.check_signaling() is registry, "the registry was reloaded"
        with registry.cursor() as cr:
            fresh = Environment(cr, env.uid, {})
            arch = fresh["res.partner"].get_view(view_type="form")["arch"]
            seen[step] = [name for name in ("First", "Second") if f'string="{name}"' in arch]
            marks[step] = fresh["base.automation"]._mark_of_views()
        meeting.barrier(f"{step} looked at", parties=2)
    return seen, marks


def test_button_edited_in_one_process_is_shown_by_the_other(in_odoo, meeting):
    """Each committed step is seen by the next request, from cached views, nothing before it is."""
    folder = str(meeting.folder)
    editing, looking = in_odoo(edit, folder=folder), in_odoo(look, folder=folder)
    seen, marks = looking.result()
    assert seen == {
        "nothing": [],
        "uncommitted": [],
        "created": ["First"],
        "renamed": ["Second"],
        "paused": [],
        "deleted": [],
    }
    assert editing.result() is True
    # What browsers keep their views under: one value for each look of the view.
    assert marks["nothing"] == marks["uncommitted"] == marks["paused"] == marks["deleted"] == ""
    assert len({marks["nothing"], marks["created"], marks["renamed"]}) == 3
