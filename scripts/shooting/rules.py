"""The automation rules the pictures show, made once in the database of the pictures."""

VIP, EXPIRING, ABROAD, BROKEN = (
    "Tag VIP orders",
    "Remind before a quotation expires",
    "Leads from the United States",
    "Print delivery notes",
)


def ensure(client):
    """Create the rules unless they are there; returns ``{name: id}``."""
    if not client.call("base.automation", "search_count", [("name", "=", VIP)]):
        _vip(client)
        _expiring(client)
        _abroad(client)
        _broken(client)
        _happen(client)
    found = client.call("base.automation", "search_read", [], ["name"])
    return {rule["name"]: rule["id"] for rule in found}


def latest_order(client):
    """Return the id of the newest sales order."""
    return client.call("sale.order", "search", [], order="id desc", limit=1)[0]


def _vip(client):
    # The demo may have made it.
    found = client.call("crm.tag", "search", [("name", "=", "VIP")])
    tag = found[0] if found else client.create("crm.tag", name="VIP")
    _rule(
        client,
        VIP,
        "sale.order",
        [_write(client, "sale.order", tag_ids=str(tag)), _activity(client, "Thank the customer")],
        trigger="on_field_change",
        change_field_id=_field(client, "sale.order", "state"),
        change_from="draft, sent",
        change_to="sale",
        filter_domain="[('amount_total', '>', 10000), ('partner_id.is_company', '=', True)]",
    )


def _expiring(client):
    _rule(
        client,
        EXPIRING,
        "sale.order",
        [_activity(client, "Expires in 3 days")],
        trigger="on_time",
        trg_date_id=_field(client, "sale.order", "validity_date"),
        trg_date_range=3,
        trg_date_range_type="day",
        trg_date_range_mode="before",
        filter_domain="[('state', 'in', ['draft', 'sent'])]",
    )


def _abroad(client):
    country = client.reference("base.us")
    found = client.call("crm.team", "search", [("name", "=", "America")])
    team = found[0] if found else client.create("crm.team", name="America")
    _rule(
        client,
        ABROAD,
        "crm.lead",
        [_write(client, "crm.lead", team_id=str(team))],
        trigger="on_create",
        filter_domain=repr([("country_id", "=", country)]),
    )


def _broken(client):
    action = {"name": "Print", "state": "code", "code": "raise UserError('The printer is off.')"}
    _rule(
        client,
        BROKEN,
        "sale.order",
        [action],
        trigger="on_create_or_write",
        trigger_field_ids=[(6, 0, [_field(client, "sale.order", "client_order_ref")])],
        on_error="isolate",
    )


def _happen(client):
    """Let some of the rules run."""
    client.create("crm.lead", name="Yankee Inc", country_id=client.reference("base.us"))
    client.write("sale.order", latest_order(client), client_order_ref="PO 4711")


def _rule(client, name, model, actions, **vals):
    model_id = client.call("ir.model", "search", [("model", "=", model)])[0]
    lines = [(0, 0, {"model_id": model_id, **action}) for action in actions]
    client.create("base.automation", name=name, model_id=model_id, action_server_ids=lines, **vals)


def _write(client, model, **values):
    lines = [
        (0, 0, {"field_id": _field(client, model, name), "value": value})
        for name, value in values.items()
    ]
    return {"name": "Update", "state": "object_write", "value_line_ids": lines}


def _activity(client, summary):
    kind = client.reference("mail.mail_activity_data_todo")
    return {
        "name": f"Activity: {summary}",
        "state": "next_activity",
        "activity_summary": summary,
        "activity_type_id": kind,
    }


def _field(client, model, name):
    domain = [("model", "=", model), ("name", "=", name)]
    return client.call("ir.model.fields", "search", domain)[0]
