"""What happens in the demo: quotations are confirmed, one transaction each, and the mail leaves."""

import time
from dataclasses import dataclass

USER = "admin"
QUOTATIONS = 3


@dataclass
class Confirmation:
    """One event: a user confirmed a quotation."""

    order_id: int
    order: str
    customer: str
    user: str
    before: str
    seconds: float
    """Duration of the user's click: confirmation, rule, actions, commit."""
    at: float
    """POSIX time of the commit."""


def confirm_quotations(session):
    """Confirm the oldest open quotations, each in its own transaction as a user's click is."""
    with session.transaction(USER) as env:
        open_ones = [("state", "in", ("draft", "sent")), ("partner_id.email", "!=", False)]
        order_ids = env["sale.order"].search(open_ones, limit=QUOTATIONS, order="id").ids
    return [_confirm(session, order_id) for order_id in order_ids]


def _confirm(session, order_id):
    started = time.perf_counter()
    with session.transaction(USER) as env:
        order = env["sale.order"].browse(order_id)
        before = order.state
        order.action_confirm()
        facts = (order.id, order.name, order.partner_id.name, env.user.name, before)
    return Confirmation(*facts, seconds=time.perf_counter() - started, at=time.time())


def process_mail_queue(session):
    """Run what Odoo's mail cron runs; returns the seconds it took."""
    started = time.perf_counter()
    with session.transaction() as env:
        env["mail.mail"].process_email_queue()
    return time.perf_counter() - started
