"""The list of mapped values in a real browser."""

import json

import pytest
from harness.web_form import WebForm

LIST = ".o_field_widget[name=value_line_ids]"


@pytest.fixture
def action(admin):
    """An action that sets a tag, a country and a text computed from the record."""

    def field(name):
        domain = [("model", "=", "res.partner"), ("name", "=", name)]
        return admin.call("ir.model.fields", "search", domain)[0]

    country = admin.call("res.country", "search", [("code", "=", "US")])[0]
    tag = admin.create("res.partner.category", name="VIP")
    lines = [
        ("category_id", "value", str(tag)),
        ("country_id", "value", str(country)),
        ("type", "value", "delivery"),
        ("lang", "path", "user_id.lang"),
        ("function", "template", "Boss of [[ object.name ]]"),
    ]
    return admin.create(
        "ir.actions.server",
        name="VIP",
        state="object_write",
        model_id=admin.call("ir.model", "search", [("model", "=", "res.partner")])[0],
        value_line_ids=[
            (0, 0, {"field_id": field(name), "value_type": value_type, "value": value})
            for name, value_type, value in lines
        ],
    )


def cell(number):
    return f"{LIST} tr.o_data_row:nth-child({number}) td[name=value]"


def type_text(page, text):
    """Replace the text of the value being edited."""
    page.wait_for(".o_selected_row textarea")
    page.evaluate("document.querySelector('.o_selected_row textarea').select()")
    page.command("Input.insertText", text=text)


def test_values_are_read_and_edited_as_people_think_of_them(browser, admin, action, folder):
    """Names instead of ids, an editor for each kind of value, and what is typed is saved."""
    page = browser.open(admin)
    page.open_action("base.action_server_action", action)
    shown = [page.text(cell(number)) for number in range(1, 6)]
    assert shown == [
        "Add: VIP",
        "United States",
        "Delivery",
        "Salesperson › Language",
        "Boss of [[ object.name ]]",
    ]

    page.click(cell(1))
    assert "VIP" in page.text(f"{LIST} .o_selected_row .o_multi_record_selector")
    page.click(cell(2))
    WebForm(page).choose(f"{LIST} .o_selected_row .o_record_selector", "Belgium")
    page.click(cell(3))
    page.wait_for(f"{LIST} .o_selected_row td[name=value] select")
    page.click(cell(4))
    page.wait_for(f"{LIST} .o_selected_row .o_model_field_selector")
    page.screenshot(folder / "mapping.png")

    page.click(cell(5))
    type_text(page, "Chief of [[ object.name ]]")
    page.click(".o_form_button_save")
    assert page.text(cell(5)) == "Chief of [[ object.name ]]"
    lines = admin.call("server.action.value", "search_read", [("action_id", "=", action)])
    assert [line["value"] for line in lines][-1] == "Chief of [[ object.name ]]"
    assert [line["value_label"] for line in lines][1] == "Belgium"
    assert page.errors() == []


def test_a_mistake_is_explained_and_what_was_typed_is_kept(browser, admin, action, announced):
    """The form says which field is wrong and why; nothing is saved."""
    announced.append("“Job Position” in the action “VIP” cannot be used")
    page = browser.open(admin)
    page.open_action("base.action_server_action", action)
    page.click(cell(5))
    type_text(page, "Boss of [[ object. ]]")
    page.evaluate(f"document.querySelector({json.dumps(LIST + ' th[data-name=value]')}).click()")
    page.click(".o_form_button_save")
    message = page.text(".modal .modal-body")
    assert "“Job Position” in the action “VIP”" in message
    assert "object." in message
    assert page.text(cell(5)) == "Boss of [[ object. ]]"
    lines = admin.call("server.action.value", "search_read", [("action_id", "=", action)])
    assert [line["value"] for line in lines][-1] == "Boss of [[ object.name ]]"
