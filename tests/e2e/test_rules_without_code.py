"""Three rules people want, made in a real browser without opening a field for code, and proven."""

from datetime import date, timedelta

import pytest
from harness.web_form import WebForm
from testing.addons import public

NEW_RULE = "/odoo/action-base_automation_ext.base_automation_action/new"
LINE = ".modal [name=value_line_ids] .o_selected_row"
CONDITION = "[name=filter_domain] .o_tree_editor_condition"
DAYS_BEFORE = 3


@pytest.fixture(scope="module")
def preloaded(load):
    """Odoo with the sales and CRM applications beside all addons of this repository."""
    return load("e2e_sales", [*public(), "sale_management", "crm"])


class RuleForm(WebForm):
    """The form of a new rule."""

    def start(self, name, model, trigger):
        self.page.goto(NEW_RULE)
        self.type("[name=name] input, [name=name] textarea", name)
        self.choose("[name=model_id]", model)
        self.choose_option("[name=trigger]", trigger)

    def add_condition(self, field, operator):
        self.click("[name=filter_domain] .o_domain_add_first_node_button")
        self.choose_field(CONDITION, field)
        self.choose_in_select(f"{CONDITION} .o_tree_editor_editor:nth-child(2) select", operator)

    def add_action(self, kind):
        self.press("Add an action", "[name=action_server_ids] button")
        self.press(kind, ".modal [name=state] .o_selection_badge")

    def set_record(self, field, value):
        """Add a line that sets a field of the record to another record."""
        self.press("Add a value", ".modal [name=value_line_ids] a")
        self.choose(f"{LINE} [name=field_id]", field)
        self.choose(f"{LINE} [name=value]", value)

    def finish(self):
        """Save action and rule; returns what the form says the rule does."""
        self.press("Save & Close", ".modal button")
        self.page.wait_until("!document.querySelector('.modal')", "the action to be kept")
        assert not self.page.evaluate("!!document.querySelector('.o_form_view .o_ace_view_editor')")
        self.click(".o_form_button_save")
        self.page.wait_until("location.pathname.match(/[0-9]+$/)", "the rule to be saved")
        return self.page.text("[name=sentence]")


@pytest.fixture
def form(browser, admin):
    form = RuleForm(browser.open(admin))
    yield form
    assert form.page.errors() == []


def test_an_order_over_10000_gets_the_tag_vip(form, admin):
    """The order that exceeds the amount is tagged, also when it does so later; the other is not."""
    tag = admin.create("crm.tag", name="VIP")
    form.start("VIP orders", "Sales Order", "On create and edit")
    form.add_condition("Total", "greater than")
    form.type(f"{CONDITION} > :last-child input", "10000")
    form.add_action("Update Record")
    form.set_record("Tags", "VIP")
    assert form.finish() == (
        "When a sales order is created, or its total changes, if the total is over 10,000, "
        "then add VIP to the tags."
    )

    customer = admin.create("res.partner", name="Customer")
    product = admin.create("product.product", name="Machine", taxes_id=[(5, 0, 0)])

    def order(price):
        line = {"product_id": product, "product_uom_qty": 1, "price_unit": price}
        return admin.create("sale.order", partner_id=customer, order_line=[(0, 0, line)])

    def tags(order_id):
        return admin.read("sale.order", order_id, "tag_ids")

    assert tags(order(10_001)) == [tag]
    small = order(9_999)
    assert tags(small) == []
    line = admin.read("sale.order", small, "order_line")[0]
    admin.write("sale.order.line", line, price_unit=10_500)
    assert tags(small) == [tag]


def test_a_quotation_is_followed_up_3_days_before_it_expires(form, admin):
    """The salesperson gets an activity for the quotation that expires soon, for no other."""
    form.start("Expiring quotations", "Sales Order", "Based on date field")
    form.choose("[name=trg_date_id]", "Expiration")
    form.type("[name=trg_date_range] input", str(DAYS_BEFORE))
    form.choose_option("[name=trg_date_range_type]", "Days")
    form.choose_option("[name=trg_date_range_mode]", "Before")
    form.add_condition("Status", "is equal to")
    form.choose_in_select(f"{CONDITION} > :last-child select", "Quotation")
    form.add_action("Create Activity")
    form.choose(".modal [name=activity_type_id]", "Call")
    form.type(".modal [name=activity_summary] input", "Expires in 3 days")
    form.choose_option(".modal [name=activity_user_type]", "Dynamic User (based on record)")
    assert form.finish() == (
        "3 days before the expiration of a sales order, if the status is Quotation, "
        "then plan the activity “Expires in 3 days”."
    )

    customer = admin.create("res.partner", name="Customer")
    soon, late = (
        admin.create(
            "sale.order",
            partner_id=customer,
            validity_date=(date.today() + timedelta(days=days)).isoformat(),
        )
        for days in (DAYS_BEFORE - 1, DAYS_BEFORE + 5)
    )
    cron = admin.reference("base_automation.ir_cron_data_base_automation_check")
    admin.call("ir.cron", "method_direct_trigger", [cron])

    def activities(order_id):
        domain = [("res_model", "=", "sale.order"), ("res_id", "=", order_id)]
        found = admin.call("mail.activity", "search_read", domain, ["summary", "user_id"])
        return [(activity["summary"], activity["user_id"]) for activity in found]

    assert activities(soon) == [("Expires in 3 days", admin.read("sale.order", soon, "user_id"))]
    assert activities(late) == []


def test_leads_from_the_united_states_go_to_a_team(form, admin):
    """The lead from there is assigned when it arrives; leads from elsewhere stay where they are."""
    team = admin.create("crm.team", name="Team America")
    form.start("US leads", "Lead", "On create")
    form.add_condition("Country", "is equal to")
    form.choose(f"{CONDITION} > :last-child", "United States")
    form.add_action("Update Record")
    form.set_record("Sales Team", "Team America")
    assert form.finish() == (
        "When a lead is created, if the country is United States, "
        "then set the sales team to Team America."
    )

    def team_of(country):
        country_id = admin.reference(country)
        lead = admin.create("crm.lead", name="Lead", type="lead", country_id=country_id)
        found = admin.read("crm.lead", lead, "team_id")
        return found and found[0]

    assert team_of("base.us") == team
    assert team_of("base.be") != team
