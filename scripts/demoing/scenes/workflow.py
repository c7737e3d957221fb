"""Two quotations go through a workflow: one is approved, one is cancelled half way."""

from itertools import zip_longest

from .. import approval
from ..evidence import created_ids, read_run, runs_of
from ..timeline import line, show_run

TITLE = "Quotations go through a workflow: one is approved, one is cancelled"
PICTURE = "docs/pictures/workflow-diagram.png"
REFUSAL = "You do not have the role or group that this step asks for."
SELLER, MANAGER = "demo", "admin"
SIGNALS = (
    # who, for which of the orders, what
    (SELLER, (0, 1), "submit"),
    (SELLER, (0,), "price"),
    (SELLER, (0,), "credit"),
    (MANAGER, (0,), "price"),
    (SELLER, (1,), "cancel"),
)
_SUBMITTED = [
    ("start", "Quotation", "", SELLER),
    ("move", "Check", "submit", SELLER),
    ("move", "Credit check", "", SELLER),
    ("move", "Price check", "", SELLER),
]
WAYS = (
    [
        *_SUBMITTED,
        ("refused", "", "price", SELLER),
        ("arrive", "Credit check", "credit", SELLER),
        ("join", "Approved", "price", MANAGER),
    ],
    [
        *_SUBMITTED,
        ("move", "Cancelled", "cancel", SELLER),
        ("kill", "Credit check", "", SELLER),
        ("finish", "", "", SELLER),
    ],
)
ENDS = (("sale", "active", ["Approved"]), ("cancel", "complete", ["Cancelled"]))


def play(session, verdict):
    """Publish the workflow, send signals as users do, read back what came of them."""
    with session.transaction(MANAGER) as env:
        workflow, action = approval.define(env)
        action_id = action.id
        line("drawn", f"{workflow.current_version_id.display_name}: {PICTURE}")
    with session.transaction(SELLER) as env:
        ids = write_quotations(env).ids
    told = {}
    for login, places, signal in SIGNALS:
        told.update(send(session, login, [ids[place] for place in places], signal))
    verdict.claim(told == {ids[0]: REFUSAL}, f"the seller is told why (told {told})")
    with session.transaction() as env:
        names = {one.login: one.name for one in env["res.users"].search([])}
        orders = env["sale.order"].browse(ids)
        for order, way, end in zip(orders, WAYS, ENDS, strict=True):
            history = order.workflow_history()[::-1]
            show_way(order, history, told)
            way = [(*hop, names.get(login)) for *hop, login in way]
            check_way(verdict, order.name, history, way)
            check_end(verdict, order, end)
            if order.id == ids[0]:
                check_action(verdict, order, action_id)
        check_timers(verdict, env)


def write_quotations(env):
    """Let the seller write two quotations: each starts the workflow."""
    ours = env.company.partner_id
    companies = [("is_company", "=", True), ("id", "!=", ours.id)]
    customers = env["res.partner"].search(companies, limit=2, order="id")
    product = env["product.product"].search([("sale_ok", "=", True)], limit=1, order="id")
    sold = [(0, 0, {"product_id": product.id, "price_unit": 750})]
    return env["sale.order"].create(
        [
            {"partner_id": customer.id, "user_id": env.uid, "order_line": sold}
            for customer in customers
        ]
    )


def send(session, login, ids, signal):
    """Send a signal in a transaction of its own; returns ``{order id: why it was refused}``."""
    with session.transaction(login) as env:
        report = env["sale.order"].browse(ids).workflow_signal_report(signal)
    return {id_: one["message"] for id_, one in report.items() if not one["accepted"]}


def show_way(order, history, told):
    """Print the log of an order: activity, signal, who."""
    print(f"\n{order.name} · {order.partner_id.name}")
    for hop in history:
        cause = hop["signal"] or hop["reason"]
        print(f"  {hop['event_label']:<18} {hop['activity']:<13} {cause:<9} {hop['user']}")
        if hop["event"] == "refused":
            print(f"  {'':<18} {hop['reason']}: “{told.get(order.id)}”")


def check_way(verdict, name, history, way):
    """Every hop is in the log, in order, with the user who caused it, and nothing else is."""
    found = [(hop["event"], hop["activity"], hop["signal"], hop["user"]) for hop in history]
    for place, (wanted, here) in enumerate(zip_longest(way, found), start=1):
        verdict.claim(here == wanted, f"{name}: line {place} is {wanted} (found {here})")


def check_end(verdict, order, end):
    """The order, its workflow, and where it is."""
    status = order.workflow_status()[order.id]
    found = [
        (order.state, one["state"], [place["name"] for place in one["activities"]])
        for one in status
    ]
    verdict.claim(found == [end], f"{order.name} ends as {end} (found {found})")


def check_action(verdict, order, action_id):
    """The server action ran once, for the activity, and made what it is there for."""
    runs = runs_of(order.env, action_id, order)
    verdict.claim(len(runs) == 1, f"one run of the activity's action (found {len(runs)})")
    instances = [one["instance"] for one in order.workflow_status()[order.id]]
    for run in runs:
        show_run(read_run(run), started_by="workflow")
        origin = (run.trigger_kind, run.origin_model, [run.origin_id], run.origin_name)
        wanted = ("workflow", "workflow.instance", instances, approval.ORIGIN)
        verdict.claim(origin == wanted, f"run {run.id} names the activity (found {origin})")
        verdict.claim(run.state == "done", f"run {run.id} is done (it is {run.state})")
    made = created_ids(map(read_run, runs), "mail.activity")
    calls = order.env["mail.activity"].browse(made).exists() & order.activity_ids
    for call in calls:
        line("created", f"activity “{call.summary}” for {call.user_id.name}")
    wanted = f"Call {order.partner_id.name} about {approval.CALL_ABOUT}"
    summaries = calls.mapped("summary")
    verdict.claim(summaries == [wanted], f"{order.name} has “{wanted}” (found {summaries})")


def check_timers(verdict, env):
    """The credit checks would have sent a reminder after 48 hours; both have ended before."""
    states = env["server.action.task"].search([("model", "=", "workflow.workitem")]).mapped("state")
    cancelled = states.count("cancelled")
    print(f"\n  timers   {len(states)} set by the credit checks, {cancelled} cancelled with them")
    verdict.claim(states == ["cancelled"] * 2, f"both timers are cancelled (found {states})")
