"""The workflow the pictures show, with orders on their way, and those pictures."""

NAME = "Approval of orders"
WORKFLOWS = "workflow_engine.workflow_action"
QUOTATIONS = "sale.action_quotations_with_onboarding"
STRIP = ".o_workflow_engine_strip"

_ACTIVITIES = {
    "Quotation": {"flow_start": True},
    "Check": {"split_mode": "AND"},
    "Credit check": {},
    "Price check": {},
    "Approved": {"join_mode": "AND", "kind": "function", "action": "action_confirm()"},
    "Invoiced": {"flow_stop": True},
    "Reminder": {},
    "Cancelled": {"kind": "stopall", "flow_stop": True},
}


def ensure(client):
    """Create the workflow and its orders unless they are there.

    :returns: the workflow, an order at its start, an order that is half through
    """
    found = client.call("workflow", "search", [("name", "=", NAME)])
    workflow = found[0] if found else _define(client)
    orders = client.call(
        "workflow.instance", "search_read", [("wkf_id", "=", workflow)], ["res_id"]
    )
    ids = [one["res_id"] for one in orders]
    return workflow, max(ids), min(ids)


def _define(client):
    workflow = client.create("workflow", name=NAME, osv="sale.order", profile="strict")
    ids = {
        name: client.create("workflow.activity", name=name, wkf_id=workflow, **values)
        for name, values in _ACTIVITIES.items()
    }
    manager = client.reference("base.group_system")
    for source, target, values in (
        ("Quotation", "Check", {"signal": "submit", "label": "Ask for approval"}),
        ("Check", "Credit check", {}),
        ("Check", "Price check", {}),
        ("Credit check", "Approved", {"signal": "credit", "label": "Credit is fine"}),
        (
            "Price check",
            "Approved",
            {
                "signal": "price",
                "label": "Price is fine",
                "group_id": manager,
                "condition": "amount_untaxed > 0",
            },
        ),
        (
            "Credit check",
            "Reminder",
            {"timer_kind": "delay", "timer_number": 48, "timer_interrupting": True},
        ),
        ("Reminder", "Credit check", {"signal": "go_on", "label": "Go on"}),
        ("Approved", "Invoiced", {"condition": "invoice_status == 'invoiced'"}),
        (
            "Quotation",
            "Cancelled",
            {"signal": "cancel", "label": "Cancel", "condition": "client_order_ref"},
        ),
        ("Reminder", "Cancelled", {"signal": "cancel", "label": "Cancel"}),
    ):
        ends = {"act_from": ids[source], "act_to": ids[target]}
        client.create("workflow.transition", **ends, **values)
    client.call("workflow", "action_publish", [workflow])
    _happen(client)
    return workflow


def _happen(client):
    """Let some orders start it and go different ways."""
    customers = client.call("res.partner", "search", [("is_company", "=", True)], limit=5)
    product = client.call("product.product", "search", [("sale_ok", "=", True)], limit=1)[0]
    line = (0, 0, {"product_id": product, "product_uom_qty": 3})
    orders = [
        client.create("sale.order", partner_id=customer, order_line=[line])
        for customer in customers
    ]
    client.call("sale.order", "signal_workflow", orders[:3], "submit")
    client.call("sale.order", "signal_workflow", orders[:1], "price")


def diagram(page, client, path):
    """The diagram of a definition with the number of records at each activity."""
    workflow, _new, _old = ensure(client)
    page.open_action(WORKFLOWS, workflow)
    page.wait_for(".o_workflow_engine_diagram svg")
    page.evaluate("document.querySelector('.o_notebook').scrollIntoView()")
    page.screenshot(path)


def strip(page, client, path):
    """A form with the activities an order is at, and the signals that are possible now."""
    _workflow, order, _old = ensure(client)
    page.open_action(QUOTATIONS, order)
    page.wait_for(STRIP)
    page.screenshot(path)


def where(page, client, path):
    """Where an order is."""
    _workflow, _new, order = ensure(client)
    page.open_action(QUOTATIONS, order)
    page.click(f"{STRIP} .o_workflow_engine_where")
    page.wait_for(".modal svg")
    page.wait_at_rest()
    page.screenshot(path)


SHOTS = {"workflow-diagram": diagram, "workflow-strip": strip, "workflow-where": where}
