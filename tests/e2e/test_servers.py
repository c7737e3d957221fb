"""Servers as processes: they stop cleanly, and one sees what another one commits."""

import pytest
import requests
from harness.meeting import wait_until


def test_a_stopped_server_leaves_nothing(env, database, start_server):
    """After a stop there is no connection to the database, and nobody listens on the port."""
    server = start_server(loads_itself=True, cron_threads=1)
    assert server.login().uid

    server.stop()

    count = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'"
    wait_until(lambda: env.psql("postgres", count).strip() == "0", "the connections to end")
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)


def test_a_rule_edited_in_one_server_counts_in_the_other(start_server):
    """A server that has already run a rule follows its change from its next request on."""
    editor, user = start_server().login(), start_server().login()
    model = editor.call("ir.model", "search", [("model", "=", "res.partner")])[0]
    rule = editor.create("base.automation", name="Tag", model_id=model, trigger="on_create")
    action = editor.create(
        "ir.actions.server",
        name="Tag",
        model_id=model,
        state="code",
        code="record.write({'ref': 'first'})",
        base_automation_id=rule,
        usage="base_automation",
    )

    def ref_of_a_new_partner(name):
        return user.read("res.partner", user.create("res.partner", name=name), "ref")

    assert ref_of_a_new_partner("Anna") == "first"

    editor.write("ir.actions.server", action, code="record.write({'ref': 'second'})")
    assert ref_of_a_new_partner("Berta") == "second"

    editor.write("base.automation", rule, filter_domain="[('name', '=', 'Dora')]")
    assert ref_of_a_new_partner("Clara") is False
    assert ref_of_a_new_partner("Dora") == "second"

    editor.write("base.automation", rule, active=False)
    assert ref_of_a_new_partner("Dora") is False
