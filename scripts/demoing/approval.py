"""The workflow that the demo plays and the pictures show: the approval of sales orders."""

from . import rule

NAME = "Approval of orders"
ACTION_NAME = "Plan the delivery"
CALL_ABOUT = "the delivery"
ORIGIN = f"{NAME}, activity Approved"

_ACTIVITIES = {
    "Quotation": {"flow_start": True},
    "Check": {"split_mode": "AND"},
    "Credit check": {},
    "Price check": {},
    "Reminder": {},
    "Approved": {"join_mode": "AND", "kind": "function", "action": "action_confirm()"},
    "Invoiced": {"flow_stop": True},
    "Cancelled": {"kind": "stopall", "flow_stop": True, "action": "action_cancel()"},
}
_TRANSITIONS = (
    ("Quotation", "Check", {"signal": "submit", "label": "Ask for approval"}),
    ("Check", "Credit check", {}),
    ("Check", "Price check", {}),
    ("Credit check", "Approved", {"signal": "credit", "label": "Credit is fine"}),
    (
        "Price check",
        "Approved",
        {"signal": "price", "label": "Price is fine", "condition": "amount_untaxed > 0"},
    ),
    (
        "Credit check",
        "Reminder",
        {"timer_kind": "delay", "timer_number": 48, "timer_unit": "hours"},
    ),
    ("Reminder", "Credit check", {"signal": "go_on", "label": "Go on"}),
    ("Approved", "Invoiced", {"condition": "invoice_status == 'invoiced'"}),
    (
        "Quotation",
        "Cancelled",
        {"signal": "cancel", "label": "Cancel", "condition": "client_order_ref"},
    ),
    ("Price check", "Cancelled", {"signal": "cancel", "label": "Cancel"}),
)


def define(env):
    """Create the workflow and publish it; only managers may say that a price is fine.

    :returns: the workflow, and the server action that approved orders run
    """
    workflow = env["workflow"].create({"name": NAME, "osv": "sale.order", "profile": "strict"})
    ids = {
        name: env["workflow.activity"].create({"name": name, "wkf_id": workflow.id, **values}).id
        for name, values in _ACTIVITIES.items()
    }
    action = rule.plan_call(env, ACTION_NAME, CALL_ABOUT)
    env["workflow.activity"].browse(ids["Approved"]).action_id = action
    for source, target, values in _TRANSITIONS:
        ends = {"act_from": ids[source], "act_to": ids[target]}
        transition = env["workflow.transition"].create({**ends, **values})
        if values.get("signal") == "price":
            transition.group_id = env.ref("sales_team.group_sale_manager")
    workflow.action_publish()
    return workflow, action
