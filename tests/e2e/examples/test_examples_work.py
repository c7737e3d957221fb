"""Modern examples about meetings, tickets and invoices, written as their authors write them."""

from datetime import datetime, timedelta

from company import day


def test_appointment(company):
    """An hour before a meeting its organizer gets an SMS."""
    template = company.admin.create(
        "sms.template",
        name="Reminder",
        model_id=company.model("calendar.event"),
        body="In an hour: {{ object.name }}",
    )
    company.rule(
        "Appointment",
        "calendar.event",
        "on_time",
        {"state": "sms", "sms_template_id": template, "sms_method": "sms"},
        trg_date_id=company.field("calendar.event", "start"),
        trg_date_range=1,
        trg_date_range_type="hour",
        trg_date_range_mode="before",
    )
    sam = company.user("sam")
    for name, minutes in (("Soon", 50), ("Tonight", 500)):
        start = datetime.utcnow() + timedelta(minutes=minutes)
        sam.create(
            "calendar.event",
            name=name,
            start=start.strftime("%Y-%m-%d %H:%M:%S"),
            stop=(start + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"),
        )
    company.let_time_pass()
    company.let_time_pass()
    sent = company.admin.call("sms.sms", "search_read", [], ["body", "number", "partner_id"])
    assert [sms["body"] for sms in sent] == ["In an hour: Soon"]
    assert sent[0]["partner_id"][0] == company.partner_of("sam")


def test_escalation(company):
    """A ticket that is open after a day goes to a senior agent."""
    project = company.admin.create("project.project", name="Support")
    senior = company.user("senior").uid
    company.name("company.senior_agent", "res.users", senior)
    company.rule(
        "Escalation",
        "project.task",
        "on_time_created",
        {
            "state": "object_write",
            "value_line_ids": company.values(
                "project.task",
                user_ids=("equation", "[(6, 0, [ref('company.senior_agent').id])]"),
            ),
        },
        trg_date_range=24,
        trg_date_range_type="hour",
        filter_domain=f"[('project_id', '=', {project}),"
        " ('state', 'not in', ['1_done', '1_canceled'])]",
    )
    pat = company.user("pat")
    old, fresh, done = (
        pat.create("project.task", name=name, project_id=project, user_ids=[(6, 0, [pat.uid])])
        for name in ("Old", "Fresh", "Done")
    )
    pat.write("project.task", done, state="1_done")
    company.sql(
        "UPDATE project_task SET create_date = now() at time zone 'utc' - interval '25 hours'"
        f" WHERE id IN ({old}, {done})"
    )
    company.let_time_pass()
    agents = [company.admin.read("project.task", task, "user_ids") for task in (old, fresh, done)]
    assert agents == [[senior], [pat.uid], [pat.uid]]


def invoice(company, amount, **values):
    """Have the accountant write and post an invoice."""
    anna = company.user("anna")
    line = {"name": "Work", "price_unit": amount, "quantity": 1, "tax_ids": [(5,)]}
    move = anna.create(
        "account.move",
        move_type="out_invoice",
        partner_id=company.customer("Debtor"),
        invoice_line_ids=[(0, 0, line)],
        **values,
    )
    anna.call("account.move", "action_post", [move])
    return move


def test_big_invoice(company):
    """The manager hears of every posted invoice over a threshold."""
    company.rule(
        "Big invoice",
        "account.move",
        "on_state_set",
        company.template("account.move", "Big invoice {{ object.name }}", "mona@example.com"),
        trg_selection_field_id=company.selection("account.move", "state", "posted"),
        filter_domain="[('state', '=', 'posted'), ('move_type', '=', 'out_invoice'),"
        " ('amount_total', '>', 20000)]",
    )
    small, big = invoice(company, 10), invoice(company, 50_000)
    names = [company.admin.read("account.move", move, "name") for move in (small, big)]
    assert company.mail(f"Big invoice {names[0]}") == []
    assert company.mail(f"Big invoice {names[1]}") == ["mona@example.com"]


def test_overdue_invoice(company):
    """The customer is reminded when an invoice has been overdue for 15 days."""
    company.rule(
        "Overdue invoice",
        "account.move",
        "on_time",
        company.template(
            "account.move", "{{ object.name }} is overdue", "{{ object.partner_id.email }}"
        ),
        trg_date_id=company.field("account.move", "invoice_date_due"),
        trg_date_range=15,
        trg_date_range_type="day",
        trg_date_range_mode="after",
        filter_domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'),"
        " ('payment_state', 'in', ('not_paid', 'partial'))]",
    )
    late, fine = (
        invoice(company, 100, invoice_date=day(-30), invoice_date_due=day(offset))
        for offset in (-16, -3)
    )
    company.let_time_pass()
    names = [company.admin.read("account.move", move, "name") for move in (late, fine)]
    assert company.mail(f"{names[0]} is overdue") == ["debtor@example.com"]
    assert company.mail(f"{names[1]} is overdue") == []
