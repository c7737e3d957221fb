"""Modern examples about leads, deals and contacts, written as their authors write them."""

import pytest
from harness.client import RemoteError


def test_implementation_task(company):
    """A lead that qualifies gets a task in the project which the rule names by reference."""
    project = company.admin.create("project.project", name="Implementations")
    company.name("company.project_implementation", "project.project", project)
    qualified = company.admin.reference("crm.stage_lead2")
    company.rule(
        "Implementation task",
        "crm.lead",
        "on_stage_set",
        {
            "state": "object_create",
            "crud_model_id": company.model("project.task"),
            "value_line_ids": company.values(
                "project.task",
                name=("equation", "'Implementation: ' + record.name"),
                project_id=("equation", "ref('company.project_implementation')"),
                partner_id=("equation", "record.partner_id.id"),
                description=("path", "description"),
            ),
        },
        trg_field_ref=qualified,
    )
    sam = company.user("sam")
    buyer = company.customer("Acme")
    leads = [
        sam.create(
            "crm.lead",
            name=name,
            type="opportunity",
            partner_id=buyer,
            description="<p>Two sites</p>",
        )
        for name in ("Shop", "Factory")
    ]
    sam.write("crm.lead", leads[0], stage_id=qualified)
    tasks = company.admin.call(
        "project.task",
        "search_read",
        [("project_id", "=", project)],
        ["name", "partner_id", "description"],
    )
    assert [task["name"] for task in tasks] == ["Implementation: Shop"]
    assert tasks[0]["partner_id"][0] == buyer
    assert "Two sites" in tasks[0]["description"]


def test_us_leads(company):
    """A lead from the United States goes to a team and a user, both named by reference."""
    team = company.admin.create("crm.team", name="America")
    company.name("company.team_us", "crm.team", team)
    company.name("company.user_us", "res.users", company.user("mona").uid)
    company.rule(
        "US leads",
        "crm.lead",
        "on_create",
        {
            "state": "object_write",
            "value_line_ids": company.values(
                "crm.lead",
                team_id=("equation", "ref('company.team_us')"),
                user_id=("equation", "ref('company.user_us')"),
            ),
        },
        filter_domain="[('country_id.code', '=', 'US')]",
    )
    sam = company.user("sam")
    us, be = (company.admin.reference(f"base.{code}") for code in ("us", "be"))
    american = sam.create("crm.lead", name="American", country_id=us)
    belgian = sam.create("crm.lead", name="Belgian", country_id=be)
    assert company.admin.read("crm.lead", american, "team_id")[0] == team
    assert company.admin.read("crm.lead", american, "user_id")[0] == company.user("mona").uid
    assert company.admin.read("crm.lead", belgian, "user_id")[0] == sam.uid


def test_welcome(company):
    """A new contact is greeted by an e-mail from a template."""
    company.rule(
        "Welcome",
        "res.partner",
        "on_create",
        company.template("res.partner", "Welcome {{ object.name }}", "{{ object.email }}"),
    )
    company.user("sam").create("res.partner", name="Nadia", email="nadia@example.com")
    assert company.mail("Welcome Nadia") == ["nadia@example.com"]


def test_followers(company):
    """The sales manager follows every deal that is worth it."""
    manager = company.partner_of("mona")
    company.rule(
        "Followers",
        "crm.lead",
        "on_create_or_write",
        {"state": "followers", "partner_ids": [(6, 0, [manager])]},
        fields=["expected_revenue"],
        filter_domain="[('expected_revenue', '>=', 50000)]",
    )
    sam = company.user("sam")
    small, big = (
        sam.create("crm.lead", name="Deal", type="opportunity", expected_revenue=revenue)
        for revenue in (100, 80_000)
    )

    def followed(lead):
        return manager in sam.read("crm.lead", lead, "message_partner_ids")

    assert (followed(small), followed(big)) == (False, True)
    sam.write("crm.lead", small, expected_revenue=60_000)
    assert followed(small)


def test_stage_notice(company):
    """The manager gets an e-mail whenever the stage of a deal changes, and only then."""
    company.rule(
        "Stage notice",
        "crm.lead",
        "on_field_change",
        company.template(
            "crm.lead", "{{ object.name }} is now {{ object.stage_id.name }}", "mona@example.com"
        ),
        change_field_id=company.field("crm.lead", "stage_id"),
    )
    sam = company.user("sam")
    lead = sam.create("crm.lead", name="Ship", type="opportunity")
    sam.write("crm.lead", lead, expected_revenue=7)
    assert company.mail("Ship is now New") == []
    sam.write("crm.lead", lead, stage_id=company.admin.reference("crm.stage_lead3"))
    assert company.mail("Ship is now Proposition") == ["mona@example.com"]


@pytest.mark.parametrize("error", ["Warning", "UserError"])
def test_validate_on_save(company, error):
    """Saving is stopped with the author's message while a required field is empty."""
    company.announced.append("Enter the phone number of (Bare|Good)")
    company.rule(
        "Validate on save",
        "crm.lead",
        "on_create_or_write",
        {
            "state": "code",
            "code": "for record in records:\n"
            "    if not record.phone:\n"
            f"        raise {error}('Enter the phone number of %s' % record.name)",
        },
        filter_domain="[('type', '=', 'opportunity')]",
    )
    sam = company.user("sam")
    with pytest.raises(RemoteError, match="Enter the phone number of Bare") as raised:
        sam.create("crm.lead", name="Bare", type="opportunity")
    assert raised.value.name == "odoo.exceptions.UserError"
    assert not company.admin.call("crm.lead", "search", [("name", "=", "Bare")])
    lead = sam.create("crm.lead", name="Good", type="opportunity", phone="1")
    with pytest.raises(RemoteError, match="Enter the phone number of Good"):
        sam.write("crm.lead", lead, phone=False)
    assert sam.read("crm.lead", lead, "phone") == "1"


def test_audit(company):
    """A deleted record leaves a line in the audit trail, which its user may not even read."""
    company.rule(
        "Audit",
        "crm.lead",
        "on_unlink",
        {
            "state": "object_create",
            "crud_model_id": company.model("test.audit.trail"),
            "value_line_ids": company.values(
                "test.audit.trail",
                name=("template", "[[ object.name ]] was deleted"),
                res_model=("equation", "object._name"),
                res_id=("equation", "object.id"),
                user_id=("equation", "user.id"),
                date="now",
            ),
        },
    )
    mona = company.user("mona")
    leads = [mona.create("crm.lead", name=name) for name in ("One", "Two")]
    mona.call("crm.lead", "unlink", leads)
    trail = company.admin.call(
        "test.audit.trail",
        "search_read",
        [],
        ["name", "res_model", "res_id", "user_id"],
        order="id",
    )
    assert [(line["name"], line["res_id"]) for line in trail] == [
        ("One was deleted", leads[0]),
        ("Two was deleted", leads[1]),
    ]
    assert {(line["res_model"], line["user_id"][0]) for line in trail} == {("crm.lead", mona.uid)}
