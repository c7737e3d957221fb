"""A dry run: everything the rule's action would do to a quotation, and nothing of it done."""

from .. import rule

TITLE = "A dry run of the rule's action on a quotation: shown, not done"
SHOWN_FIELDS = ("Summary", "Assigned to", "Activity Type")


def play(session, verdict):
    """Try the action out, then look for traces on a fresh cursor."""
    with session.transaction() as env:
        action = env["ir.actions.server"].search([("name", "=", rule.ACTION_NAME)])
        order = env["sale.order"].search([("state", "in", ("draft", "sent"))], limit=1)
        order_id, before = order.id, traces(env, order)
        report = action._dry_run(order)
    show(report)
    with session.transaction() as env:
        after = traces(env, env["sale.order"].browse(order_id))
    created = [row["model"] for row in report["created"]]
    verdict.claim("mail.activity" in created, f"the dry run shows the activity ({created})")
    kinds = [row["kind"] for row in report["outgoing"]]
    verdict.claim("mail" in kinds, f"the dry run shows the e-mail ({kinds})")
    verdict.claim(report["error"] is None, f"the dry run found no error ({report['error']})")
    verdict.claim(before == after, f"the dry run left no trace ({before} → {after})")


def traces(env, order):
    """Count what the action would leave behind on an order."""
    on_order = [("model", "=", order._name), ("res_id", "=", order.id)]
    runs = env["server.action.run"].search_count([("action_name", "=", rule.ACTION_NAME)])
    return len(order.activity_ids), env["mail.mail"].search_count(on_order), runs


def show(report):
    """Print the report's main parts."""
    cost = f"{report['duration_ms']:.1f} ms, {report['sql_count']} SQL"
    print(f"  would be {report['state']}: {cost}")
    for row in report["created"]:
        print(f"  create   {row['model_label']} “{row['name']}”")
        for field in row["fields"]:
            if field["label"] in SHOWN_FIELDS:
                print(f"             {field['label']}: {field['after']}")
    for row in report["changed"]:
        for field in row["fields"]:
            print(
                f"  change   {row['name']}, {field['label']}: {field['before']} → {field['after']}"
            )
    for row in report["outgoing"]:
        print(f"  send     {row['kind']}: {row['title']} → {row['detail']}")
