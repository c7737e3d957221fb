"""A confirmed quotation sends an e-mail through an account of the configuration file, over TLS."""

import contextlib
import smtplib
import socket
import sys
from pathlib import Path

from .. import timeline
from ..evidence import subject
from ..post_office import read_inbox
from ..secure_post_office import STRANGER, SecurePostOffice
from . import stage

TITLE = "An e-mail over TLS: what became of it, recipient by recipient"
SENDER, ARCHIVE = "orders@shop.example.com", "archive@example.com"
MARK = "over TLS"
TEXT = """Dear [[ object.partner_id.name ]],

your order [[ object.name ]] over [[ object.amount_total ]] is confirmed."""


def play(session, verdict):
    """Describe the account, confirm an order, run the queue, look at both ends."""
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(SecurePostOffice(sys.executable, None, free_port()))
        stack.enter_context(section_in_configuration(office))
        verdict.claim(
            refuses_plain_text(office.port), "the server takes nothing that is not encrypted"
        )
        with session.transaction() as env:
            action_id = make_rule(env)
        order_id, customer = confirm(session)
        with session.transaction() as env:
            run = stage.last_run(env, env["ir.actions.server"].browse(action_id))
            timeline.show_run(run)
            env["mail.mail"].process_email_queue()
        check_inbox(verdict, read_inbox(office.inbox), customer)
    check_deliveries(session, verdict, order_id, customer)


def free_port():
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def section_in_configuration(office):
    """Add the account to odoo.conf, as an administrator does; in a copy, for this scene."""
    from odoo.tools import config

    before = config["config"]
    text = Path(before).read_text(encoding="utf-8") if Path(before).exists() else "[options]\n"
    account = {
        "host": "localhost",
        "port": office.port,
        "encryption": "starttls_strict",
        "trusted": office.trusted,
        "from_filter": SENDER.partition("@")[2],
    }
    lines = "\n".join(f"{key} = {value}" for key, value in account.items())
    file = office.folder / "odoo.conf"
    file.write_text(f"{text}\n[smtp:orders]\n{lines}\n", encoding="utf-8")
    config["config"] = str(file)
    print(f"  account  [smtp:orders] localhost:{office.port}, starttls_strict, own authority")
    try:
        yield
    finally:
        config["config"] = before


def refuses_plain_text(port):
    """Try to send without encryption."""
    with smtplib.SMTP("localhost", port, timeout=10) as client:
        client.ehlo()
        code, _text = client.mail(SENDER)
        return code == 530


def make_rule(env):
    """Tell the customer, a stranger by mistake, and an archive that nobody sees.

    :returns: id of the rule's action
    """
    action = {
        "state": "email",
        "email_sender": SENDER,
        "email_to": "partner_id.email",
        "email_cc": STRANGER,
        "email_bcc": ARCHIVE,
        "email_subject": "Order [[ object.name ]] is on its way",
        "email_message": TEXT,
    }
    model = "sale.order"
    confirmed = env.ref("sale.selection__sale_order__state__sale")
    return stage.make_rule(
        env,
        "Tell the customer over TLS",
        model,
        "on_state_set",
        action,
        trg_selection_field_id=confirmed.id,
        filter_domain=f"[('state', '=', 'sale'), ('client_order_ref', '=', '{MARK}')]",
    ).action_server_ids.id


def confirm(session):
    """Confirm a quotation as a user does; returns it and the customer's address."""
    with session.transaction("admin") as env:
        known = [("state", "=", "sale"), ("partner_id.email", "!=", False)]
        order = env["sale.order"].search(known, limit=1).copy({"client_order_ref": MARK})
        order.action_confirm()
        print(f"  event    {env.user.name} confirms {order.name}")
        return order.id, order.partner_id.email_normalized


def check_inbox(verdict, inbox, customer):
    """What the server says it got."""
    for message in inbox:
        by = message["X-Encrypted-By"]
        print(f"  arrived  “{subject(message)}” → {message['X-RcptTo']} ({by})")
    verdict.claim(len(inbox) == 1, f"one message arrived over TLS (found {len(inbox)})")
    for message in inbox:
        reached = sorted(one.strip().lower() for one in message["X-RcptTo"].split(","))
        wanted = sorted([customer, ARCHIVE])
        verdict.claim(reached == wanted, f"it was taken for {wanted} (not {reached})")
        by = message["X-Encrypted-By"]
        verdict.claim(by.startswith("TLS"), f"it came encrypted (by {by})")
        named = any(ARCHIVE in str(value) for key, value in message.items() if key[:2] != "X-")
        verdict.claim(not named, "no header names the blind copy")


def check_deliveries(session, verdict, order_id, customer):
    """What Odoo knows of each recipient."""
    with session.transaction() as env:
        domain = [("model", "=", "sale.order"), ("res_id", "=", order_id)]
        found = env["mail.mail.delivery"].search(
            [*domain, ("sender", "=", SENDER)], order="address"
        )
        words = dict(found._fields["reason"]._description_selection(env))
        states = {one.address: one.state for one in found}
        for one in found:
            why = f"{words[one.reason]} " if one.reason else ""
            print(f"  delivery {one.address}: {one.state}. {why}({one.reply})")
        accounts = found.mapped("account_name")
    wanted = {customer: "sent", ARCHIVE: "sent", STRANGER: "refused"}
    verdict.claim(states == wanted, f"the deliveries say {wanted} (not {states})")
    verdict.claim(set(accounts) == {"orders"}, f"the account of the file was used ({accounts})")
