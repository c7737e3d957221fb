"""The company of the examples: its people, and how they write rules and read what came of them."""

from datetime import date, timedelta
from typing import Any

#: Right after ``Company``: who works there, and what each may do.
PEOPLE = {
    "sam": (
        "Sam Seller",
        ["sales_team.group_sale_salesman_all_leads", "hr_expense.group_hr_expense_user"],
    ),
    "mona": ("Mona Manager", ["sales_team.group_sale_manager"]),
    "pat": ("Pat Planner", ["project.group_project_user"]),
    "senior": ("Senior Agent", ["project.group_project_user"]),
    "anna": ("Anna Accountant", ["account.group_account_invoice"]),
}


class Company:
    """One database, its server and its mail server; ``admin`` writes the rules."""

    def __init__(self, server, smtp):
        self.server = server
        self.smtp = smtp
        self.admin = server.login()
        self.announced: list[str] = []
        """Regular expressions of what the tests expect in Odoo's log."""
        self._clients: dict[str, Any] = {}
        self._employ()
        self._connect()

    def _employ(self):
        for login, (name, groups) in PEOPLE.items():
            values = {
                "name": name,
                "login": login,
                "password": f"{login}-password",
                "email": f"{login}@example.com",
                "phone": "+1 202 555 0143",
                "group_ids": [
                    (4, self.admin.reference(xml_id)) for xml_id in ("base.group_user", *groups)
                ],
            }
            # Nobody is invited by e-mail: there is no mail server yet, nor a sender.
            self.admin.call("res.users", "create", values, context={"no_reset_password": True})

    def _connect(self):
        self.admin.create(
            "ir.mail_server",
            name="Company",
            smtp_host="127.0.0.1",
            smtp_port=self.smtp.port,
            smtp_encryption="none",
        )

    # -- people ---------------------------------------------------------------------------------

    def user(self, login):
        """Return the session of one of the people."""
        if login not in self._clients:
            self._clients[login] = self.server.login(login, f"{login}-password")
        return self._clients[login]

    def partner_of(self, login):
        return self.admin.read("res.users", self.user(login).uid, "partner_id")[0]

    # -- rules ------------------------------------------------------------------------------------

    def model(self, name):
        return self.admin.call("ir.model", "search", [("model", "=", name)])[0]

    def field(self, model, name):
        domain = [("model", "=", model), ("name", "=", name)]
        return self.admin.call("ir.model.fields", "search", domain)[0]

    def selection(self, model, field, value):
        domain = [("field_id", "=", self.field(model, field)), ("value", "=", value)]
        return self.admin.call("ir.model.fields.selection", "search", domain)[0]

    def values(self, model, **texts):
        """Return the lines of a mapping; each value as its author types it.

        :param texts: field → text, or (kind, text) for anything but a plain value
        """
        lines = []
        for name, text in texts.items():
            kind, text = text if isinstance(text, tuple) else ("value", text)
            line = {"field_id": self.field(model, name), "value_type": kind, "value": text}
            lines.append((0, 0, line))
        return lines

    def rule(self, name, model, trigger, *actions, fields=(), **values):
        """Create a rule with its actions.

        :param fields: names of the watched fields
        """
        model_id = self.model(model)
        if fields:
            watched = [self.field(model, field) for field in fields]
            values["trigger_field_ids"] = [(6, 0, watched)]
        return self.admin.create(
            "base.automation",
            name=name,
            model_id=model_id,
            trigger=trigger,
            action_server_ids=[
                (0, 0, {"name": name, "model_id": model_id, **action}) for action in actions
            ],
            **values,
        )

    def template(self, model, subject, to, body="<p>See <t t-out='object.display_name'/>.</p>"):
        """Create an e-mail template and return the action that sends it."""
        template = self.admin.create(
            "mail.template",
            name=subject,
            model_id=self.model(model),
            subject=subject,
            body_html=body,
            email_from="robot@example.com",
            use_default_to=False,
            email_to=to,
        )
        return {"state": "mail_post", "template_id": template, "mail_post_method": "email"}

    def name(self, xml_id, model, record_id):
        """Give a record the external id rules know it by."""
        module, name = xml_id.split(".")
        values = {"module": module, "name": name, "model": model, "res_id": record_id}
        self.admin.call("ir.model.data", "create", values)

    def remove_rules(self):
        rules = self.admin.call("base.automation", "search", [], context={"active_test": False})
        self.admin.call("base.automation", "unlink", rules)

    # -- time and mail ----------------------------------------------------------------------------

    def run_job(self, xml_id):
        """Run a scheduled action now, as “Run Manually” does."""
        self.admin.call("ir.cron", "method_direct_trigger", [self.admin.reference(xml_id)])

    def let_time_pass(self):
        """Run the scheduled action of timed rules."""
        self.run_job("base_automation.ir_cron_data_base_automation_check")

    def mail(self, subject):
        """Send what is queued; return the recipients of the e-mails with that subject."""
        self.run_job("mail.ir_cron_mail_scheduler_action")
        found = [one for one in self.smtp.messages if one.subject == subject]
        return sorted(address for one in found for address in one.recipients)

    def sql(self, statement):
        """Change what no user can, such as the moment a record was created."""
        self.server.env.psql(self.server.database, statement)

    # -- documents --------------------------------------------------------------------------------

    def customer(self, name, **values):
        return self.admin.create(
            "res.partner", name=name, email=f"{name.lower()}@example.com", **values
        )

    def quotation(self, seller, amount, **values):
        """Have a seller write a quotation over an amount."""
        product = self.admin.call("product.product", "search", [("name", "=", "Service")])
        product = product or [
            self.admin.create("product.product", name="Service", type="service", taxes_id=[(5,)])
        ]
        line = {"product_id": product[0], "price_unit": amount, "product_uom_qty": 1}
        values.setdefault("partner_id", None)
        values["partner_id"] = values["partner_id"] or self.customer("Buyer")
        return seller.create("sale.order", order_line=[(0, 0, line)], **values)


def day(offset):
    """Return a date ``offset`` days from today, as Odoo writes it."""
    return (date.today() + timedelta(days=offset)).isoformat()
