"""What the tests of SMPP do inside Odoo; each runs in a process of its own."""

NUMBER = "+31612345678"


def use(env, vals):
    """Make a gateway that of the company; returns its id."""
    gateway = env["sms.gateway"].create(vals)
    env.company.sms_gateway_id = gateway
    return gateway.id


def use_gateway(env, port, **values):
    """Make an SMSC of the test the only gateway; returns its id."""
    env["sms.gateway"].search([]).active = False
    vals = {
        "name": "SMSC",
        "kind": "smpp",
        "smpp_host": "127.0.0.1",
        "smpp_port": port,
        "account": "me",
        "secret": "s3cret-word",
        "smpp_connect_seconds": 3.0,
        **values,
    }
    return use(env, vals)


def use_kannel(env, url, base, **values):
    """Make Kannel the only gateway, and have it call back the server at ``base``."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("web.base.url", base)
    parameters.set_param("web.base.url.freeze", "True")
    env["sms.gateway"].search([]).active = False
    vals = {
        "name": "Kannel",
        "kind": "kannel",
        "account": "odoo",
        "secret": "s3cret-word",
        "server": url,
        "sender": "Odoo",
        **values,
    }
    return use(env, vals)


def write_sms(env, count, start=0, text="Hello"):
    """Queue messages “Hello 0”, “Hello 1” …"""
    numbers = range(start, start + count)
    env["sms.sms"].create([{"number": NUMBER, "body": f"{text} {one}"} for one in numbers])


def serve(env):
    """Do what ``odoo-bin sms_gateway`` does, until SIGTERM."""
    from odoo.addons.sms_action.process.supervisor import Supervisor

    Supervisor(env.cr.dbname).run()


def run_queue(env):
    """Do what the scheduled action does."""
    env["sms.sms"]._process_queue()


def count_statements(env, count):
    """Return how many statements a run of the queue takes for so many messages."""
    write_sms(env, count)
    env.cr.commit()
    before = env.cr.sql_log_count
    run_queue(env)
    return env.cr.sql_log_count - before


def states(env):
    """Return ``{text: [state, reason, attempts]}``."""
    return {
        one.text: [one.state, one.reason or "", one.attempts]
        for one in env["sms.message"].search([])
    }


def queue(env):
    """Return ``{text: state}`` of Odoo's own queue."""
    return {one.body: one.state for one in env["sms.sms"].search([])}


def gateway(env):
    """Return what the gateway's form says."""
    one = env["sms.gateway"].search([])
    return {"state": one.state, "reason": one.reason or "", "session": one.smpp_condition}


def sessions(env):
    """Return ``[[kind, state, problem]]`` of the processes' sessions."""
    found = env["sms.gateway.session"].search([])
    return sorted([one.bind, one.state, one.problem or ""] for one in found)


def change_gateway(env, **values):
    env["sms.gateway"].search([]).write(values)


def try_again(env):
    """Do what the button *Try Again Now* does."""
    env["sms.gateway"].search([]).action_try_again()


def test_connection(env):
    """Return what *Test Connection* says."""
    from odoo.exceptions import UserError

    try:
        return env["sms.gateway"].search([])._test_smpp().fate.value
    except UserError as error:
        return str(error)


test_connection.__test__ = False


def incoming(env):
    """Return what has come in, as texts by sender."""
    found = env["sms.incoming"].search([], order="id")
    return [[one.sender, one.text, one.part_count] for one in found]
