"""The event hook in two processes: one edits a rule, the other one writes records."""

from harness.meeting import Meeting

#: What the editing process does, one step after the other, each followed by a commit.
STEPS = ("nothing", "uncommitted", "created", "changed", "paused", "deleted")


def edit(env, folder):
    """Create, change, pause and delete a rule; meet the other process after every step."""
    meeting = Meeting(folder)
    model_id = env["ir.model"]._get_id("res.partner")
    seen = {}

    def met(step):
        meeting.barrier(f"{step} done", parties=2)
        meeting.barrier(f"{step} looked at", parties=2)

    def fires(env):
        partner = env["res.partner"].create({"name": "Mine"})
        partner.write({"comment": "go"})
        return partner.ref

    met("nothing")
    rule = env["base.automation"].create(
        {
            "name": "Two processes",
            "model_id": model_id,
            "trigger": "on_create_or_write",
            "action_server_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Mark",
                        "model_id": model_id,
                        "state": "object_write",
                        "update_path": "ref",
                        "evaluation_type": "value",
                        "value": "hit",
                    },
                )
            ],
        }
    )
    env.flush_all()
    seen["own uncommitted"] = fires(env)
    met("uncommitted")
    env.cr.commit()
    met("created")
    rule.action_server_ids.value = "changed"
    rule.filter_domain = "[('name', '=', 'Yours')]"
    env.cr.commit()
    met("changed")
    # As many changes as in the transaction before, and others.
    for name in ("Mine", "Yours"):
        rule.filter_domain = f"[('name', '=', '{name}')]"
        seen[f"own for {name}"] = fires(env)
        env.cr.commit()
    rule.paused = True
    env.cr.commit()
    met("paused")
    rule.unlink()
    env.cr.commit()
    met("deleted")
    return seen


def look(env, folder):
    """Write a record after every step of the other process, as one request each."""
    from odoo.api import Environment

    meeting = Meeting(folder)
    registry = env.registry
    sequence = registry.registry_sequence
    seen = {}
    for step in STEPS:
        meeting.barrier(f"{step} done", parties=2)
        assert registry.check_signaling() is registry, "the registry was reloaded"
        with registry.cursor() as cr:
            partner = Environment(cr, env.uid, {})["res.partner"].create({"name": "Yours"})
            partner.write({"comment": "go"})
            seen[step] = partner.ref
        meeting.barrier(f"{step} looked at", parties=2)
    assert registry.registry_sequence == sequence, "a reload of the registry was signalled"
    return seen


def test_rule_edited_in_one_process_is_followed_by_the_other(in_odoo, meeting):
    """Each committed step is seen by the other process's next request, nothing before it is."""
    folder = str(meeting.folder)
    editing, looking = in_odoo(edit, folder=folder), in_odoo(look, folder=folder)
    assert looking.result() == {
        "nothing": False,
        "uncommitted": False,
        "created": "hit",
        "changed": "changed",
        "paused": False,
        "deleted": False,
    }
    assert editing.result() == {
        "own uncommitted": "hit",
        "own for Mine": "changed",
        "own for Yours": False,
    }


FORM_STEPS = ("nothing", "created", "other field", "deleted")


def edit_form_rule(env, folder):
    """Create, change and delete a rule on live changes in forms; meet after every step."""
    meeting = Meeting(folder)
    model_id = env["ir.model"]._get_id("res.partner")

    def met(step):
        env.cr.commit()
        meeting.barrier(f"{step} done", parties=2)
        meeting.barrier(f"{step} looked at", parties=2)

    met("nothing")
    fields = {name: env["ir.model.fields"]._get("res.partner", name) for name in ("ref", "email")}
    rule = env["base.automation"].create(
        {
            "name": "Live",
            "model_id": model_id,
            "trigger": "on_change",
            "on_change_field_ids": [(6, 0, fields["ref"].ids)],
            "action_server_ids": [
                (
                    0,
                    0,
                    {
                        "name": "Warn",
                        "model_id": model_id,
                        "state": "code",
                        "code": "action = {'warning': {'title': 'Look', 'message': 'Typed'}}",
                    },
                )
            ],
        }
    )
    met("created")
    rule.on_change_field_ids = fields["email"]
    met("other field")
    rule.unlink()
    met("deleted")


def look_at_form(env, folder):
    """Load the form and type into it after every step of the other process."""
    from lxml import etree

    from odoo.api import Environment

    meeting = Meeting(folder)
    registry = env.registry
    sequence = registry.registry_sequence
    seen = {}

    def type_into(partner, name):
        answer = partner.onchange({name: "x"}, [name], {name: {}})
        return (answer.get("warning") or {}).get("message", "")

    for step in FORM_STEPS:
        meeting.barrier(f"{step} done", parties=2)
        assert registry.check_signaling() is registry, "the registry was reloaded"
        with registry.cursor() as cr:
            partner = Environment(cr, env.uid, {})["res.partner"]
            arch = etree.fromstring(partner.get_view(view_type="form")["arch"])
            asks = {node.get("name") for node in arch.iter("field") if node.get("on_change")}
            seen[step] = ["ref" in asks, type_into(partner, "ref"), type_into(partner, "email")]
        meeting.barrier(f"{step} looked at", parties=2)
    assert registry.registry_sequence == sequence, "a reload of the registry was signalled"
    return seen


def test_rule_of_forms_is_followed_by_the_other_process(in_odoo, meeting):
    """The other process's forms ask about the field, and get the rule's answer, at once."""
    folder = str(meeting.folder)
    editing = in_odoo(edit_form_rule, folder=folder)
    assert in_odoo(look_at_form, folder=folder).result() == {
        "nothing": [False, "", ""],
        "created": [True, "Typed", ""],
        "other field": [False, "", "Typed"],
        "deleted": [False, "", ""],
    }
    assert editing.result() is None
