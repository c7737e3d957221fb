"""How rules fire, limit themselves and pause, with real commits."""

import psycopg2
import pytest
from harness.ledger import Ledger
from harness.meeting import Meeting

ROUNDS = 12


def make_rule(env, code, **vals):
    """Create and commit a rule on updates of partners, with one code action."""
    model_id = env["ir.model"]._get_id("res.partner")
    field = env["ir.model.fields"]._get("res.partner", "function")
    action = {"name": "Act", "model_id": model_id, "state": "code", "code": code}
    rule = env["base.automation"].create(
        {
            "name": "Rule",
            "model_id": model_id,
            "trigger": "on_update",
            "trigger_field_ids": [(6, 0, field.ids)],
            "action_server_ids": [(0, 0, {**action, "code_scope": "record"})],
            **vals,
        }
    )
    partners = env["res.partner"].create(
        [{"name": f"Partner {number}", "function": "a"} for number in range(ROUNDS * 2)]
    )
    return {"rule": rule.id, "partners": partners.ids}


NOTE = "record.write({'ref': '%s%s>%s;' % (record.ref or '', old.function, new.function)})"


# -- collected changes ------------------------------------------------------------------------


def change_several_times(env, partners, rule):
    """Change partners in several ways, each in a transaction of its own on one cursor."""
    cr, seen = env.cr, {}
    first, second, third = env["res.partner"].browse(partners[:3])

    def end(name, commit=True):
        (cr.commit if commit else cr.rollback)()
        seen[name] = [first.ref, second.ref]
        cr.execute("SELECT count(*) FROM base_automation_pending")
        assert cr.fetchone() == (0,), name
        (first + second).with_context(automation_skip=True).write({"function": "a", "ref": False})
        cr.commit()

    (first + second).function = "b"
    first.function = "c"
    end("committed")

    first.function = "b"
    end("rolled back", commit=False)

    first.function = "b"
    with cr.savepoint():
        second.function = "b"
    try:
        with cr.savepoint():
            (first + second + third).function = "z"
            raise LookupError
    except LookupError:
        pass
    with cr.savepoint():
        second.function = "c"
    seen["inside"] = [first.ref, second.ref]
    end("savepoints")

    first.function = "b"
    first.function = "a"
    second.function = "b"
    second.function = "b"
    end("back again")

    result = env["res.partner"].load(
        [".id", "function"], [[str(first.id), "x"], [str(second.id), "y"], [str(first.id), "z"]]
    )
    assert result["ids"], result
    end("imported")
    assert not third.ref
    return seen


def test_collected_changes_fire_right_before_the_commit(in_odoo):
    """One firing per transaction, with first old and last new values, also on a used cursor."""
    prepared = in_odoo(make_rule, code=NOTE, fire_mode="collapse").result()
    assert in_odoo(change_several_times, **prepared).result() == {
        "committed": ["a>c;", "a>b;"],
        "rolled back": [False, False],
        "inside": [False, False],
        "savepoints": ["a>b;", "a>c;"],
        "back again": [False, "a>b;"],
        "imported": ["a>z;", "a>y;"],
    }


def test_collected_changes_of_a_request(in_odoo, server):
    """A request of the web client ends with a flush and a commit: the rule fires once."""
    prepared = in_odoo(
        make_rule, code="record.write({'ref': (record.ref or '') + 'x'})", fire_mode="collapse"
    ).result()
    client, record = server.login(), prepared["partners"][0]
    client.write("res.partner", record, function="b")
    assert client.read("res.partner", record, "ref") == "x"
    client.write("res.partner", record, function="c")
    assert client.read("res.partner", record, "ref") == "xx"


# -- limits -----------------------------------------------------------------------------------


def fire(env, who, partners, rule, folder, ledger):
    """Change one partner per round, at the same time as the other process changes another one."""
    from odoo.api import Environment

    mine = partners[:ROUNDS] if who == "first" else partners[ROUNDS:]
    for number, record_id in enumerate(mine):
        attempts = 0
        while True:
            attempts += 1
            with env.registry.cursor() as cr:
                try:
                    cr.execute("SELECT count(*) FROM base_automation_firing")
                    if attempts == 1:
                        # Both have their snapshot before either has fired.
                        Meeting(folder).barrier(f"round {number}", parties=2)
                    partner = Environment(cr, env.uid, {})["res.partner"].browse(record_id)
                    partner.function = "b"
                    cr.commit()
                    break
                except psycopg2.OperationalError as error:
                    Ledger(ledger).append(refused=error.pgcode, who=who)
                    cr.rollback()


def hits(env, partners, rule):
    return env["res.partner"].search_count([("id", "in", partners), ("ref", "=", "hit")])


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"unique_key": "record.name[-1]"}, 10),
        ({"limit_count": 7, "limit_number": 1, "limit_unit": "days"}, 7),
    ],
    ids=["key", "period"],
)
def test_limits_hold_in_two_processes(in_odoo, meeting, ledger, announced, limits, expected):
    """Twelve rounds, started together: exactly the firings that are allowed, and nobody fails."""
    prepared = in_odoo(make_rule, code="record.write({'ref': 'hit'})", **limits).result()
    if "unique_key" in limits:
        in_odoo(same_names, **prepared).result()
    shared = {"folder": str(meeting.folder), "ledger": str(ledger.path), **prepared}
    processes = [in_odoo(fire, who=who, **shared) for who in ("first", "second")]
    for process in processes:
        process.result(timeout_seconds=240)
    refused = ledger.lines()
    if refused:
        announced.append("bad query")
    assert in_odoo(hits, **prepared).result() == expected
    assert {line["refused"] for line in refused} <= {"40001"}
    if "unique_key" in limits:
        # The race is real: in each round with a fresh key one of the two could not see the other.
        assert len(refused) >= expected


def same_names(env, partners, rule):
    """Let both processes want the same key in each round."""
    for number, record_id in enumerate(partners):
        env["res.partner"].browse(record_id).name = f"Partner {number % ROUNDS % 10}"


# -- pausing ----------------------------------------------------------------------------------


def make_reference(env):
    tag = env["res.partner.category"].create({"name": "Tag"})
    env["ir.model.data"].create(
        {"module": "e2e", "name": "tag", "model": tag._name, "res_id": tag.id}
    )


def break_reference(env):
    env["ir.model.data"].search([("module", "=", "e2e")]).unlink()


def write_partner(env, partners, rule, outcome):
    partner = env["res.partner"].browse(partners[0])
    partner.function = "b"
    if outcome == "rollback":
        env.cr.rollback()


def look(env, partners, rule):
    rule = env["base.automation"].browse(rule)
    return {
        "function": env["res.partner"].browse(partners[0]).function,
        "paused": rule.paused,
        "reason": "e2e.tag" in (rule.pause_reason or ""),
        "told": len(rule.activity_ids),
    }


@pytest.mark.parametrize(("outcome", "function"), [("commit", "b"), ("rollback", "a")])
def test_broken_rule_is_paused_whatever_becomes_of_the_transaction(
    in_odoo, announced, outcome, function
):
    """The user is not blocked; the pause does not depend on whether the user's change is kept."""
    in_odoo(make_reference).result()
    prepared = in_odoo(
        make_rule,
        code="record.write({'ref': 'hit'})",
        filter_domain="[('category_id', '!=', ref('e2e.tag').id)]",
    ).result()
    in_odoo(break_reference).result()
    announced += ["is going to be paused", "is left out: its filter failed"]
    in_odoo(write_partner, outcome=outcome, **prepared).result()
    assert in_odoo(look, **prepared).result() == {
        "function": function,
        "paused": True,
        "reason": True,
        "told": 1,
    }


def make_field(env):
    env["ir.model.fields"].create(
        {
            "name": "x_size",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "field_description": "Size",
            "ttype": "integer",
            "state": "manual",
        }
    )


def forget_field(env, rule, partners):
    """Let a filter name a field that does not exist, behind the back of every check."""
    env.cr.execute(
        "UPDATE base_automation SET filter_domain = %s WHERE id = %s",
        ["[('x_nothing', '=', 1)]", rule],
    )


def remove_field(env):
    env["ir.model.fields"]._get("res.partner", "x_size").unlink()


def test_removed_field_pauses_its_rule(in_odoo):
    """A custom field is deleted; its rule is paused, and everybody goes on saving."""
    in_odoo(make_field).result()
    prepared = in_odoo(
        make_rule, code="record.write({'ref': 'hit'})", filter_change="changed('x_size')"
    ).result()
    in_odoo(remove_field).result()
    in_odoo(write_partner, outcome="commit", **prepared).result()
    seen = in_odoo(look, **prepared).result()
    assert (seen["function"], seen["paused"], seen["told"]) == ("b", True, 1)


def test_rule_on_an_unknown_field_is_paused_when_the_rules_are_read(in_odoo, announced):
    """Stock would keep everybody from saving; here the first process that reads the rules tells."""
    prepared = in_odoo(make_rule, code="record.write({'ref': 'hit'})").result()
    in_odoo(forget_field, **prepared).result()
    announced.append("is going to be paused")
    in_odoo(write_partner, outcome="commit", **prepared).result()
    seen = in_odoo(look, **prepared).result()
    assert (seen["function"], seen["paused"], seen["told"]) == ("b", True, 1)
