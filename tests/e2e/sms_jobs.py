"""What the tests of SMS delivery do inside Odoo; each runs in a process of its own."""

NUMBERS = ["+31612345671", "+31612345672", "+31612345673"]


def use_gateway(env, url, kind="twilio", company=None, **values):
    """Make a gateway at a fake the company's only one; returns its id."""
    company = env["res.company"].browse(company) if company else env.company
    defaults = {"account": "AC1", "secret": "s3cret-word", "sender": "+31612345670", "workers": 1}
    gateway = env["sms.gateway"].create(
        {"name": "Test", "kind": kind, "server": url, **defaults, **values}
    )
    gateway.company_ids = company
    return gateway.id


def new_company(env, name):
    return env["res.company"].create({"name": name}).id


def write_messages(env, numbers, **values):
    """Queue a message to each number; returns their ids."""
    return (
        env["sms.sms"].create([{"number": one, "body": "Hello", **values} for one in numbers]).ids
    )


def run_queue(env):
    """Do what the scheduled action does."""
    env["sms.sms"]._process_queue()


def make_due(env):
    """Let the time until the next attempt pass, for messages and gateways."""
    env.cr.execute("UPDATE sms_sms SET gateway_due_at = NULL")
    env.cr.execute("UPDATE sms_message SET due_at = NULL")
    env.cr.execute("UPDATE sms_gateway SET resting_until = NULL")
    env.cr.commit()
    run_queue(env)


def resend(env, states):
    """Have a person send again what is in one of the states."""
    env["sms.message"].search([("state", "in", states)])._resend()
    env.cr.commit()
    run_queue(env)


def messages(env):
    """Return ``{number: [state, reason, attempts]}``."""
    return {
        one.number: [one.state, one.reason or "", one.attempts]
        for one in env["sms.message"].search([])
    }


def queue_states(env):
    """Return ``{number: state}`` of Odoo's own queue."""
    return {sms.number: sms.state for sms in env["sms.sms"].search([])}


def gateways(env):
    """Return ``[[state, failures, reason]]``."""
    found = env["sms.gateway"].search([], order="id")
    return [[one.state, one.failures, one.reason or ""] for one in found]


def send_now(env, numbers):
    """Send as a wizard does, and say what the author of the transaction sees."""
    found = env["sms.sms"].browse(write_messages(env, numbers))
    found.send()
    return found.mapped("state")


def send_and_roll_back(env, numbers):
    send_now(env, numbers)
    env.cr.rollback()


def run_queue_together(env, folder):
    from harness.meeting import Meeting

    env.cr.rollback()
    Meeting(folder).barrier("ready", parties=2)
    run_queue(env)
