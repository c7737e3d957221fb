"""An order, its invoice and its delivery as chained workflows, in the way they used to be written.

The order waits for both. The invoice tells it ``subflow.paid`` while it is still alive, because a
paid invoice is no end; cancelled ones lead to exceptions that a person resolves.
"""

from workflow_kit.notation import flow

INVOICE = """
    draft* -open-> open
    draft -cancel-> cancel!
    open ->? paid
    open -cancel-> cancel
    paid -reopen-> open
"""
DELIVERY = """
    draft* -confirm-> confirmed
    confirmed ->? assigned
    confirmed -cancel-> cancel!
    assigned -done-> done!
    assigned -cancel-> cancel
"""
ORDER = """
    draft* -confirm-> router
    draft -cancel-> cancel!
    router -> invoice
    router -> ship
    invoice -subflow.paid-> invoiced
    invoice -subflow.cancel-> invoice_except
    invoice_except -recreate-> invoice
    invoice_except -corrected-> invoiced
    invoice_except -cancel-> cancel
    ship -subflow.done-> shipped
    ship -subflow.cancel-> ship_except
    ship_except -recreate-> ship
    ship_except -corrected-> shipped
    ship_except -cancel-> cancel
    invoiced -> done!
    shipped -> done
"""


def documents(profile):
    """Return order, invoice and delivery; the order's version is 1."""
    steps = {"cancel": {"kind": "function", "code": "action_cancel()"}}
    invoice = flow(
        INVOICE, profile, version=2, model="account.invoice",
        open={"kind": "function", "code": "action_open()"},
        paid={"kind": "function", "code": "write({'state': 'paid'})",
              "signal_send": "subflow.paid"},
        **steps,
    )  # fmt: skip
    watched = {"confirmed>assigned": {"trigger_model": "stock.move", "trigger_expr": "move_ids"}}
    delivery = flow(DELIVERY, profile, version=3, model="stock.picking", edges=watched, **steps)
    order = flow(
        ORDER, profile, model="sale.order", router="OR",
        invoice={"kind": "subflow", "subflow": 2, "code": "action_invoice()"},
        ship={"kind": "subflow", "subflow": 3, "code": "action_ship()"},
        cancel={"kind": "stopall", "code": "action_cancel()"},
        done={"kind": "function", "code": "action_done()", "join_mode": "AND"},
    )  # fmt: skip
    return order, invoice, delivery
