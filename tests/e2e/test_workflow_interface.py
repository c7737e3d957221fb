"""The interface of workflows in a real browser: strip, diagram, signals from a list."""

import base64
from pathlib import Path

import pytest
from harness.web_form import WebForm

OLD_FILE = Path(__file__).parents[1] / "fixtures" / "openerp" / "workflow_wizard.xml"
STRIP = ".o_workflow_engine_strip"
CONTACTS = "base.action_partner_form"
WORKFLOWS = "workflow_engine.workflow_action"
REFUSED = "The condition of this step is not met."


def notify(text):
    return {
        "kind": "function",
        "action": "{'type': 'ir.actions.client', 'tag': 'display_notification', "
        f"'params': {{'message': '{text}', 'sticky': True}}}}",
    }


def define(admin, name, activities, transitions):
    """Make and publish a workflow of contacts; returns its id and ``{activity name: id}``."""
    workflow = admin.create("workflow", name=name, osv="res.partner", profile="strict")
    acts = {
        one: admin.create("workflow.activity", name=one, wkf_id=workflow, **values)
        for one, values in activities.items()
    }
    values = [
        {"act_from": acts[source], "act_to": acts[target], **more}
        for source, target, more in transitions
    ]
    admin.call("workflow.transition", "create", values)
    admin.call("workflow", "action_publish", [workflow])
    return workflow, acts


@pytest.fixture
def approval(admin):
    """A workflow with a split, a join, a stop of all, and two client actions."""
    system = admin.reference("base.group_system")
    return define(
        admin,
        "Approval",
        {
            "draft": {"flow_start": True},
            "check": {"split_mode": "AND"},
            "legal": notify("The lawyers know."),
            "money": notify("The bank knows."),
            "done": {"join_mode": "AND", "flow_stop": True},
            "cancelled": {"kind": "stopall", "flow_stop": True},
        },
        [
            ("draft", "check", {"signal": "submit", "label": "Submit"}),
            ("check", "legal", {}),
            ("check", "money", {}),
            ("legal", "done", {"signal": "legal_ok", "label": "Legal is fine"}),
            ("money", "done", {"signal": "pay", "label": "Pay", "group_id": system}),
            ("draft", "cancelled", {"signal": "cancel", "label": "Cancel", "condition": "ref"}),
        ],
    )


@pytest.fixture
def form(server, approval, browser, admin):
    """The web client of a user who may change contacts, but is no administrator."""
    groups = [admin.reference(f"base.{name}") for name in ("group_user", "group_partner_manager")]
    admin.create(
        "res.users", name="Clerk", login="clerk", password="clerk", group_ids=[(6, 0, groups)]
    )
    form = WebForm(browser.open(server.login("clerk", "clerk")))
    yield form
    assert form.page.errors() == []


def present(page):
    return page.evaluate(
        f"[...document.querySelectorAll('{STRIP} .o_workflow_engine_present')]"
        ".map((one) => one.innerText)"
    )


def test_a_record_goes_through_its_workflow_by_the_strip(form, admin, folder):
    """Signals are buttons, what they bring is shown in order, and a refusal says why."""
    partner = admin.create("res.partner", name="Customer")
    page = form.page
    page.open_action(CONTACTS, partner)
    page.wait_for(STRIP)
    assert present(page) == ["draft"]

    cancel = f"{STRIP} [data-signal=cancel]"
    assert page.evaluate(f"document.querySelector('{cancel}').dataset.tooltip") == REFUSED
    # Not by `click`: the page is at rest only when the notification has gone.
    page.evaluate(f"document.querySelector('{cancel}').click()")
    said = "document.querySelector('.o_notification')?.innerText.includes(" + f"'{REFUSED}')"
    page.wait_until(f"!!{said}", "the reason")
    page.wait_at_rest()

    # What is not saved yet is saved first.
    form._insert(".o_form_view [name=name] input, .o_form_view [name=name] textarea", "Renamed")
    page.click(f"{STRIP} [data-signal=submit]")
    page.wait_until(f"document.querySelectorAll('{STRIP} .badge').length === 2", "both branches")
    assert admin.read("res.partner", partner, "name") == "Renamed"
    assert present(page) == ["legal", "money"]
    page.wait_until("document.querySelectorAll('.o_notification').length === 2", "both actions")
    shown = page.evaluate(
        "[...document.querySelectorAll('.o_notification')].map((one) => one.innerText.trim())"
    )
    assert sorted(shown) == ["The bank knows.", "The lawyers know."]

    pay = f"{STRIP} [data-signal=pay]"
    assert page.evaluate(f"document.querySelector('{pay}').getAttribute('aria-disabled')") == "true"
    page.click(f"{STRIP} [data-signal=legal_ok]")
    page.wait_until(f"document.querySelectorAll('{STRIP} .badge').length === 1", "one branch")
    assert present(page) == ["money"]

    page.click(f"{STRIP} .o_workflow_engine_where")
    page.wait_for(".modal svg")
    where = "[...document.querySelectorAll('.modal .o_present .o_text_name')]"
    assert page.evaluate(f"{where}.map((one) => one.textContent)") == ["money"]
    assert page.evaluate("document.querySelectorAll('.modal .o_taken').length") == 4
    assert page.evaluate("document.querySelector('.modal svg').getAttribute('aria-label')")
    page.screenshot(folder / "where.png")
    page.click(".modal .btn-close")

    page.click(f"{STRIP} .o_workflow_engine_history")
    lines = page.text(".modal .o_workflow_engine_lines")
    assert "Entered" in lines
    assert "Submit" in lines or "submit" in lines
    page.screenshot(folder / "history.png")


def test_forms_of_other_models_ask_nothing(form, admin):
    """Nor do they show a strip; those of the model ask once."""
    page = form.page
    asked = (
        "performance.getEntriesByType('resource')"
        ".filter((one) => /call_kw.*workflow/.test(one.name)).length"
    )
    page.open_action(
        "base.action_partner_category_form", admin.create("res.partner.category", name="Tag")
    )
    assert not page.evaluate(f"!!document.querySelector('{STRIP}')")
    assert page.evaluate(asked) == 0
    page.open_action(CONTACTS, admin.create("res.partner", name="Customer"))
    page.wait_for(STRIP)
    assert page.evaluate(asked) == 1


def test_an_imported_workflow_is_known_without_loading_the_page_again(browser, admin):
    """Who imports a file finds the strip on the next form."""
    content = base64.b64encode(OLD_FILE.read_bytes()).decode()
    wizard = admin.create("server.action.import", data_file=content)
    page = browser.open(admin)
    page.open_action(WORKFLOWS)
    services = "odoo.__WOWL_DEBUG__.root.env.services"
    knows = f"{services}['workflow_engine.models'].has('res.partner')"
    assert not page.evaluate(knows)
    page.evaluate(f"{services}.orm.call('server.action.import', 'action_import', [[{wizard}]])")
    page.wait_until(knows, "the model of the imported workflow to be known")
    assert page.errors() == []


def test_the_diagram_of_a_definition(browser, admin, approval, folder):
    """It shows how many records are where; a click opens what is clicked."""
    workflow, acts = approval
    partners = [admin.create("res.partner", name=f"Customer {number}") for number in range(3)]
    admin.call("res.partner", "signal_workflow", partners[:2], "submit")
    page = browser.open(admin)
    page.open_action(WORKFLOWS, workflow)
    page.wait_for(".o_workflow_engine_diagram svg")
    tokens = (
        "Object.fromEntries([...document.querySelectorAll('.o_workflow_engine_activity')].map("
        "(one) => [one.querySelector('.o_text_name').textContent,"
        " one.querySelector('.o_tokens text')?.textContent || '']))"
    )
    assert page.evaluate(tokens) == {
        "draft": "1",
        "check": "",
        "legal": "2",
        "money": "2",
        "done": "",
        "cancelled": "",
    }
    page.screenshot(folder / "diagram.png")
    box = f".o_workflow_engine_activity[data-id='{acts['legal']}']"
    click = "dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    page.evaluate(f'document.querySelector("{box}").{click}')
    page.wait_for(".o_form_view [name=split_mode]")
    page.wait_at_rest()
    assert page.evaluate("location.pathname").endswith(f"/{acts['legal']}")
    # From there to the records that wait.
    page.evaluate("document.querySelector('button[name=action_open_records]').click()")
    page.wait_for(".o_list_view .o_data_row")
    page.wait_at_rest()
    rows = "[...document.querySelectorAll('.o_data_row')].map((one) => one.innerText)"
    found = page.evaluate(rows)
    assert len(found) == 2
    assert "Customer 0" in found[0] and "Customer 1" in found[1]
    page.screenshot(folder / "records_here.png")
    assert page.errors() == []


def test_a_graph_of_two_hundred_activities(browser, admin, folder):
    """All of it is drawn."""
    names = [f"Activity number {number}" for number in range(200)]
    activities = {name: {} for name in names}
    activities[names[0]] = {"flow_start": True}
    activities[names[-1]] = {"flow_stop": True}
    edges = [(names[(n - 1) // 3], names[n], {"signal": f"go_{n}"}) for n in range(1, 200)]
    edges += [(names[n], names[n + 60], {"condition": "ref"}) for n in range(70, 139)]
    workflow, _acts = define(admin, "Large", activities, edges)
    page = browser.open(admin)
    page.open_action(WORKFLOWS)
    page.wait_for(".o_list_view")
    page.evaluate(
        """(() => {
            const row = [...document.querySelectorAll(".o_data_row")]
                .find((one) => one.innerText.includes("Large"));
            window.begin = performance.now();
            row.querySelector("[name=name]").click();
            const timer = setInterval(() => {
                const found = document.querySelectorAll(".o_workflow_engine_activity").length;
                if (found === 200) {
                    window.spent = performance.now() - window.begin;
                    clearInterval(timer);
                }
            }, 10);
        })()"""
    )
    page.wait_until("window.spent > 0", "200 activities")
    (folder / "spent.txt").write_text(f"{page.evaluate('window.spent'):.0f} ms")
    page.wait_at_rest()
    page.screenshot(folder / "large.png")
    assert page.evaluate("document.querySelectorAll('.o_workflow_engine_transition').length") == 268
    assert page.errors() == []


def test_a_signal_from_a_list(form, admin, folder):
    """Each record says whether it has moved, or why not."""
    partners = [admin.create("res.partner", name=f"Customer {number}") for number in range(3)]
    admin.call("res.partner", "signal_workflow", partners[:1], "submit")
    page = form.page
    page.open_action(CONTACTS)
    page.click(".o_switch_view.o_list")
    page.wait_for(".o_list_view .o_data_row")
    rows = "[...document.querySelectorAll('.o_data_row')]"
    page.evaluate(
        f"{rows}.filter((one) => /Customer [0-9]/.test(one.innerText))"
        ".forEach((one) => one.querySelector('.o_list_record_selector input').click())"
    )
    page.wait_for(".o_cp_action_menus button")
    page.click(".o_cp_action_menus button")
    form.press("Send Workflow Signal", ".o-dropdown--menu .o-dropdown-item")
    page.wait_for(".modal [data-signal=submit]")
    assert "possible for 2 of 3" in page.text(".modal [data-signal=submit]")
    page.click(".modal [data-signal=submit]")
    page.wait_for(".modal .o_workflow_engine_results")
    results = page.text(".modal .modal-body")
    assert "2 moved" in results
    assert "1 refused" in results
    assert "No present activity of the record waits for this signal." in results
    page.screenshot(folder / "mass.png")


def rows_of_groups(page):
    """Return ``{name of a group: number of records}`` of a grouped list."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.o_group_name')].map((one) =>"
        " one.innerText.trim().match(/^(.*?)\\s*\\((\\d+)\\)$/).slice(1)))"
    )


def test_a_list_grouped_by_activity(form, approval, admin, server, browser, folder):
    """A setting of the workflow adds a field to its records; filters by it follow them."""
    workflow, _activities = approval
    partners = [admin.create("res.partner", name=f"Customer {number}") for number in range(4)]
    admin.call("res.partner", "signal_workflow", partners[:1], "submit")
    page = browser.open(admin)
    page.open_action(WORKFLOWS, workflow)
    page.click("[name=in_lists] input")
    page.click(".o_form_button_save")
    page.wait_for(".o_form_status_indicator_buttons.invisible")
    page.screenshot(folder / "in_lists_form.png")

    form = WebForm(browser.open(server.login("clerk", "clerk")))
    page = form.page
    page.open_action(CONTACTS)
    page.click(".o_switch_view.o_list")
    page.wait_for(".o_list_view .o_data_row")
    form._insert(".o_searchview_input", "Customer")
    page.click(".o_searchview_autocomplete .o-dropdown-item")
    page.click(".o_cp_action_menus button")
    form.press("By Workflow Activity", ".o-dropdown--menu .o-dropdown-item")
    page.wait_for(".modal [data-place]")
    page.screenshot(folder / "in_lists_dialog.png")
    page.click(".modal .o_workflow_engine_group")
    page.wait_for(".o_group_name")
    assert rows_of_groups(page) == {"draft": "3", "legal": "1", "money": "1"}
    page.screenshot(folder / "in_lists_grouped.png")

    # A filter by the activity finds the records of now, not those of when it was chosen.
    page.click(".o_cp_action_menus button")
    form.press("By Workflow Activity", ".o-dropdown--menu .o-dropdown-item")
    page.click(".modal [data-place=legal]")
    page.wait_until("document.querySelectorAll('.o_group_name').length === 2", "the filter")
    admin.call("res.partner", "signal_workflow", partners[1:3], "submit")
    page.click(".o_searchview_icon")
    page.wait_until(
        "[...document.querySelectorAll('.o_group_name')].some((one) =>"
        " one.innerText.includes('(3)'))",
        "the records that have come since",
    )
    assert rows_of_groups(page) == {"legal": "3", "money": "3"}


def test_a_list_by_activity(form, admin, folder):
    """It says how many records are where; a click filters, another click filters anew."""
    partners = [admin.create("res.partner", name=f"Customer {number}") for number in range(4)]
    admin.call("res.partner", "signal_workflow", partners[:1], "submit")
    page = form.page
    page.open_action(CONTACTS)
    page.click(".o_switch_view.o_list")
    page.wait_for(".o_list_view .o_data_row")
    form._insert(".o_searchview_input", "Customer")
    page.click(".o_searchview_autocomplete .o-dropdown-item")
    rows = (
        "[...document.querySelectorAll('.o_data_row [name=complete_name]')]"
        ".map((one) => one.innerText.trim())"
    )
    facets = "[...document.querySelectorAll('.o_facet_value')].map((one) => one.innerText.trim())"

    def open_dialog():
        page.click(".o_cp_action_menus button")
        form.press("By Workflow Activity", ".o-dropdown--menu .o-dropdown-item")
        page.wait_for(".modal [data-place]")
        return page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('.modal [data-place]')].map((one) =>"
            " [one.dataset.place, +one.querySelector('.o_workflow_engine_count').innerText]))"
        )

    assert list(open_dialog().items()) == [("draft", 3), ("legal", 1), ("money", 1)]
    page.screenshot(folder / "by_activity.png")
    page.click(".modal [data-place=draft]")
    page.wait_until(f"{rows}.length === 3", "the records at this activity")
    assert page.evaluate(rows) == ["Customer 1", "Customer 2", "Customer 3"]
    assert page.evaluate(facets)[-1] == "Activity: draft"
    page.screenshot(folder / "by_activity_list.png")

    # Records move on. Choosing again takes the place of the filter that is there.
    admin.call("res.partner", "signal_workflow", partners[1:2], "submit")
    before = page.evaluate(facets)
    assert open_dialog()["legal"] == 2
    page.click(".modal [data-place=legal]")
    page.wait_until(f"{rows}.length === 2", "the records at the other activity")
    assert page.evaluate(rows) == ["Customer 0", "Customer 1"]
    assert page.evaluate(facets) == [*before[:-1], "Activity: legal"]
