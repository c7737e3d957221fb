"""A timed rule reminds of an appointment by SMS, over SMPP, and the report comes back."""

import time
from datetime import timedelta

from ..evidence import read_run
from ..smsc import sms_process, smsc
from ..timeline import line, show_run
from . import stage

TITLE = "An appointment reminder by SMS, over SMPP, with its delivery report"
NUMBER = "+31612345678"
TEXT = "Tomorrow: {{ object.name }}."
SAID = "Tomorrow: Fitting the kitchen."
WAIT_SECONDS = 40


def play(session, verdict):
    """Have the rule fire, and follow the message to the phone."""
    with smsc(reports=["ENROUTE", "DELIVRD"]) as (port, taken):
        with session.transaction() as env:
            rule_id = install(env, port)
        with session.transaction("admin") as env:
            event_id = appointment(env)
        with sms_process(session.registry.db_name) as process:
            message = wait_for_report(session)
        arrived = taken()
    show(session, verdict, rule_id, event_id)
    for one in arrived:
        line("arrived", f"“{text_of(one)}” → +{one['to']}")
    line("report", f"{message['state']}, {message['seconds']:.2f} s after the attempt")
    verdict.claim([text_of(one) for one in arrived] == [SAID], f"the SMSC took “{SAID}” once")
    verdict.claim(message["state"] == "delivered", f"it is delivered (it is {message['state']})")
    ids = [one["id"] for one in arrived]
    verdict.claim(message["parts"] == ids, f"its part has the SMSC's id {ids}")
    verdict.claim(process.returncode == 0, "the process ended as it was told to")


def install(env, port):
    """Make the SMSC the gateway, and write the rule."""
    env["sms.gateway"].search([]).active = False
    env.company.sms_gateway_id = env["sms.gateway"].create(
        {
            "name": "SMSC",
            "kind": "smpp",
            "smpp_host": "127.0.0.1",
            "smpp_port": port,
            "account": "demo",
            "secret": "demo",
            "sender": "Odoo",
        }
    )
    model_id = env["ir.model"]._get_id("calendar.event")
    template = env["sms.template"].create(
        {"name": "Appointment reminder", "model_id": model_id, "body": TEXT}
    )
    return stage.make_rule(
        env,
        "Remind of the appointment",
        "calendar.event",
        "on_time",
        {"state": "sms", "sms_template_id": template.id, "sms_method": "sms"},
        trg_date_id=env["ir.model.fields"]._get("calendar.event", "start").id,
        trg_date_range=1,
        trg_date_range_type="day",
        trg_date_range_mode="before",
        filter_domain="[('name', '=', 'Fitting the kitchen')]",
    ).id


def appointment(env):
    """Write an appointment of which the rule will be due in a moment."""
    from odoo import fields  # only the environment's own Python has Odoo

    customer = env["res.partner"].create({"name": "Ada", "phone": NUMBER})
    start = fields.Datetime.now() + timedelta(days=1, seconds=1)
    values = {"name": "Fitting the kitchen", "start": start, "stop": start + timedelta(hours=1)}
    values["partner_ids"] = [(6, 0, customer.ids)]
    # The invitation by e-mail is another story.
    events = env["calendar.event"].with_context(no_mail_to_attendees=True)
    return events.create(values).id


def wait_for_report(session):
    """Return what is known of the message once its report is there.

    The rule is looked after as Odoo's scheduled action does it; the SMS leaves by itself.
    """
    end = time.monotonic() + WAIT_SECONDS
    while True:
        with session.transaction() as env:
            env["base.automation"]._cron_process_time_based_actions()
        with session.transaction() as env:
            found = env["sms.message"].search([("text", "=", SAID)])
            facts = {"state": found[:1].state or "missing", "parts": [], "seconds": 0.0}
            if len(found) == 1 and found.settled_at:
                facts["parts"] = found.part_ids.mapped("provider_id")
                facts["seconds"] = (found.settled_at - found.tried_at).total_seconds()
        if facts["state"] == "delivered" or time.monotonic() > end:
            return facts
        time.sleep(0.2)


def show(session, verdict, rule_id, event_id):
    """Show the run of the rule."""
    with session.transaction() as env:
        event = env["calendar.event"].browse(event_id)
        line("event", f"“{event.name}” begins {event.start:%Y-%m-%d %H:%M} UTC")
        origin = [("origin_model", "=", "base.automation"), ("origin_id", "=", rule_id)]
        runs = env["server.action.run"].search(origin)
        for run in map(read_run, runs):
            show_run(run)
        verdict.claim(runs.mapped("state") == ["done"], f"one run of the rule (found {len(runs)})")
        env["base.automation"].browse(rule_id).active = False


def text_of(taken):
    """Return what the SMSC read; the text of the demo is ASCII, as is most of GSM 03.38."""
    return bytes.fromhex(taken["message"]).decode("ascii")
