"""The pictures of the demo's workflow, with more orders on their way."""

from demoing.approval import NAME

WORKFLOWS = "workflow_engine.workflow_action"
QUOTATIONS = "sale.action_quotations_with_onboarding"
STRIP = ".o_workflow_engine_strip"
_MARK = "Pictures"


def ensure(client):
    """Find the workflow the demo has made; create orders that go through it unless they are there.

    :returns: the workflow, an order at its start, an order that is half through
    """
    [workflow] = client.call("workflow", "search", [("name", "=", NAME)])
    orders = _orders(client)
    if not orders:
        _happen(client)
        orders = _orders(client)
    return workflow, max(orders), min(orders)


def _orders(client):
    return client.call("sale.order", "search", [("origin", "=", _MARK)])


def _happen(client):
    """Let some orders start it and go different ways."""
    customers = client.call("res.partner", "search", [("is_company", "=", True)], limit=5)
    product = client.call("product.product", "search", [("sale_ok", "=", True)], limit=1)[0]
    line = (0, 0, {"product_id": product, "product_uom_qty": 3})
    orders = [
        client.create("sale.order", partner_id=customer, order_line=[line], origin=_MARK)
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
