"""Modern examples about quotations and orders, written as their authors write them."""

from company import day

COMMISSION = """
for record in records:
    if record.amount_total > 5000:
        commission = record.amount_total * 0.05
        employee = env['hr.employee'].search([('user_id', '=', record.user_id.id)], limit=1)
        env['hr.expense'].create({
            'name': 'Commission on %s' % record.name,
            'employee_id': employee.id,
            'total_amount': commission,
            'total_amount_currency': commission,
            'product_id': env.ref('hr_expense.product_product_no_cost').id,
        })
        log('Commission for %s: %s' % (record.name, commission))
"""


def test_vip_order(company):
    """An order over 10,000 gets a priority and a tag by its external id; others do not."""
    tag = company.admin.create("crm.tag", name="VIP")
    kept = company.admin.create("crm.tag", name="Kept")
    company.name("sale.tag_vip", "crm.tag", tag)
    company.rule(
        "VIP order",
        "sale.order",
        "on_create_or_write",
        {
            "state": "object_write",
            "value_line_ids": company.values(
                "sale.order", priority="'2'", tag_ids="ref('sale.tag_vip')"
            ),
        },
        fields=["amount_total"],
        filter_domain="[('amount_total', '>', 10000)]",
    )
    sam = company.user("sam")
    small = company.quotation(sam, 500, tag_ids=[(4, kept)])
    big = company.quotation(sam, 15_000, tag_ids=[(4, kept)])
    assert (sam.read("sale.order", small, "priority"), sam.read("sale.order", big, "priority")) == (
        "0",
        "2",
    )
    assert sam.read("sale.order", small, "tag_ids") == [kept]
    assert sorted(sam.read("sale.order", big, "tag_ids")) == sorted([kept, tag])
    # The amount changes because a line does.
    (line,) = sam.read("sale.order", small, "order_line")
    sam.write("sale.order.line", line, price_unit=20_000)
    assert sam.read("sale.order", small, "priority") == "2"


def test_follow_up_call(company):
    """A quotation that was sent gets a call, due three days later, for its seller."""
    company.rule(
        "Follow-up call",
        "sale.order",
        "on_state_set",
        {
            "state": "next_activity",
            "activity_type_id": company.admin.reference("mail.mail_activity_data_call"),
            "activity_summary": "Did the quotation arrive?",
            "activity_date_deadline_range": 3,
            "activity_date_deadline_range_type": "days",
            "activity_user_type": "generic",
            "activity_user_field_name": "user_id",
        },
        trg_selection_field_id=company.selection("sale.order", "state", "sent"),
    )
    sam = company.user("sam")
    order = company.quotation(sam, 100)
    assert sam.read("sale.order", order, "activity_ids") == []
    sam.call("sale.order", "action_quotation_sent", [order])
    (activity,) = sam.call(
        "mail.activity",
        "search_read",
        [("res_model", "=", "sale.order"), ("res_id", "=", order)],
        ["summary", "date_deadline", "user_id"],
    )
    assert activity["summary"] == "Did the quotation arrive?"
    assert activity["date_deadline"] == day(3)
    assert activity["user_id"][0] == sam.uid


def test_commission(company):
    """Code over all ``records`` writes an expense for each big order, and logs what it did."""
    sam = company.user("sam")
    employee = company.admin.create("hr.employee", name="Sam Seller", user_id=sam.uid)
    rule = company.rule(
        "Commission",
        "sale.order",
        "on_state_set",
        {"state": "code", "code": COMMISSION},
        trg_selection_field_id=company.selection("sale.order", "state", "sale"),
    )
    orders = [company.quotation(sam, amount) for amount in (4_000, 6_000, 8_000)]
    sam.call("sale.order", "action_confirm", orders)
    names = [sam.read("sale.order", order, "name") for order in orders]
    found = company.admin.call(
        "hr.expense", "search_read", [("employee_id", "=", employee)], ["name", "total_amount"]
    )
    assert sorted((one["name"], one["total_amount"]) for one in found) == [
        (f"Commission on {names[1]}", 300),
        (f"Commission on {names[2]}", 400),
    ]
    (run,) = company.admin.call("server.action.run", "search", [("origin_id", "=", rule)])
    (step,) = company.admin.read("server.action.run", run, "step_ids")
    assert company.admin.read("server.action.step", step, "messages") == [
        f"info: Commission for {names[1]}: 300.0",
        f"info: Commission for {names[2]}: 400.0",
    ]


def test_expiring_quotation(company):
    """Three days before a draft expires its customer gets an e-mail, once."""
    subject = "{{ object.name }} expires in 3 days"
    company.rule(
        "Expiring quotation",
        "sale.order",
        "on_time",
        company.template("sale.order", subject, "{{ object.partner_id.email }}"),
        trg_date_id=company.field("sale.order", "validity_date"),
        trg_date_range=3,
        trg_date_range_type="day",
        trg_date_range_mode="before",
        filter_domain="[('state', '=', 'draft')]",
    )
    sam = company.user("sam")
    soon, later, sent = (
        company.quotation(sam, 100, partner_id=company.customer(name), validity_date=day(offset))
        for name, offset in (("Soon", 3), ("Later", 9), ("Sent", 3))
    )
    sam.call("sale.order", "action_quotation_sent", [sent])
    company.let_time_pass()
    company.let_time_pass()
    recipients = {
        name: company.mail(f"{sam.read('sale.order', order, 'name')} expires in 3 days")
        for name, order in (("soon", soon), ("later", later), ("sent", sent))
    }
    assert recipients == {"soon": ["soon@example.com"], "later": [], "sent": []}


def test_no_response(company):
    """Seven days after a quotation was sent without an answer, its seller has an activity."""
    company.rule(
        "No response",
        "sale.order",
        "on_time",
        {
            "state": "next_activity",
            "activity_type_id": company.admin.reference("mail.mail_activity_data_todo"),
            "activity_summary": "Ask again",
            "activity_user_type": "generic",
            "activity_user_field_name": "user_id",
        },
        trg_date_id=company.field("sale.order", "date_order"),
        trg_date_range=7,
        trg_date_range_type="day",
        trg_date_range_mode="after",
        filter_domain="[('state', '=', 'sent')]",
    )
    sam = company.user("sam")
    old, fresh, answered = (company.quotation(sam, 100) for _number in range(3))
    sam.call("sale.order", "action_quotation_sent", [old, fresh, answered])
    sam.call("sale.order", "action_confirm", [answered])
    for order in (old, answered):
        company.admin.write("sale.order", order, date_order=f"{day(-8)} 10:00:00")
    company.let_time_pass()

    def summaries(order):
        domain = [("res_model", "=", "sale.order"), ("res_id", "=", order)]
        found = sam.call("mail.activity", "search_read", domain, ["summary"])
        return [one["summary"] for one in found]

    assert [summaries(order) for order in (old, fresh, answered)] == [["Ask again"], [], []]


def test_form_warning(company):
    """Somebody who edits a form is warned before saving."""
    company.rule(
        "Form warning",
        "sale.order",
        "on_change",
        {
            "state": "code",
            "code": "if record.client_order_ref and len(record.client_order_ref) < 4:\n"
            "    action = {'warning': {'title': 'Reference',\n"
            "                          'message': 'Too short for our accountants.'}}",
        },
        on_change_field_ids=[(6, 0, [company.field("sale.order", "client_order_ref")])],
    )
    sam = company.user("sam")
    spec = {"client_order_ref": {}}

    def typed(text):
        values = {"client_order_ref": text}
        return sam.call("sale.order", "onchange", [], values, ["client_order_ref"], spec)

    assert typed("12")["warning"]["message"] == "Too short for our accountants."
    assert not typed("PO-2026-7").get("warning")
