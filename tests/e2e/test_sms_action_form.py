"""An SMS action set up in the form, its counter and its preview, in a real browser."""

import pytest
from harness.web_form import WebForm

TO = ".o_field_widget[name=sms_to]"
TEXT = ".o_field_widget[name=sms_text]"


@pytest.fixture
def action(admin):
    """An SMS action on contacts with nothing set up yet, and a contact to try it on."""
    partner = admin.create("res.partner", name="Ann Lee", phone="+32470123456", lang="en_US")
    admin.create("res.partner", name="Bo", phone="+3225123456", parent_id=partner)
    admin.create("sms.gateway", name="Our Gateway", kind="memory", prefixes="+32")
    (model,) = admin.call("ir.model", "search", [("model", "=", "res.partner")])
    return admin.create("ir.actions.server", name="Reminder", state="sms", model_id=model), partner


def shows(page, selector, *texts):
    """Wait until an element shows all of the texts."""
    for text in texts:
        page.wait_until(
            f"(document.querySelector({selector!r})?.innerText || '').includes({text!r})",
            f"“{text}” in {selector}",
        )


def test_an_sms_action_is_set_up_in_the_form(browser, admin, action, folder):
    """Number by a picked path, text with its live count, cost on a record, preview and test."""
    action_id, partner = action
    page = browser.open(admin)
    page.open_action("base.action_server_action", action_id)
    form = WebForm(page)
    page.wait_for(TO)
    page.screenshot(folder / "sms-form-empty.png")

    form.click(f"{TO} .o_server_action_engine_pick")
    page.wait_for(".o_model_field_selector_popover")
    form.type(".o_model_field_selector_popover_search input", "Phone")
    form.press("Phone", ".o_model_field_selector_popover_item_name")
    page.wait_until(f"document.querySelector('{TO} input').value === 'phone'", "the picked path")
    form.type(f"{TO} input", "phone, child_ids")

    # The counter follows the typing, before the field is left.
    form._insert(f"{TEXT} textarea", "{€}\n" * 2 + "a" * 153)
    shows(page, f"{TEXT} .o_sms_count", "167/306", "2 SMS", "GSM7")
    form._insert(f"{TEXT} textarea", "ж" * 71)
    shows(page, f"{TEXT} .o_sms_count", "71/134", "2 SMS", "UNICODE")
    form.type(f"{TEXT} textarea", "Dear [[ object.name ]], see you tomorrow. {€}")
    shows(page, f"{TEXT} .o_sms_count", "before fields are filled in", "1 SMS", "GSM7")

    form.choose("div[name=sms] [name=sample_res_id]", "Ann Lee")
    cost = "div[name=sms] .o_field_widget[name=sms_sample]"
    shows(page, cost, "+32470123456 (Ann Lee): 38 characters, 1 part, Our Gateway")
    shows(page, cost, "+3225123456” is a landline")
    page.screenshot(folder / "sms-form.png")
    form.click(".o_form_button_save")
    page.wait_at_rest()
    (saved,) = admin.call("ir.actions.server", "read", [action_id], ["sms_to", "warning"])
    assert (saved["sms_to"], saved["warning"]) == ("phone, child_ids", False)

    form.press("Preview", ".oe_stat_button")
    page.wait_for(".o_sms_action_preview")
    # The form's list of records may still be open below.
    form._insert(".modal [name=res_id] input", "Ann Lee")
    form.press("Ann Lee", ".modal .o-autocomplete--dropdown-item a")
    shows(page, ".o_sms_action_preview", "+32470123456", "Ann Lee", "Our Gateway", "landline")
    shows(page, ".o_sms_action_preview", "Dear Ann Lee, see you tomorrow. {€}")
    form.type(".modal [name=test_number] input", "+32470999999")
    page.screenshot(folder / "sms-preview.png")
    form.press("Send the Test", ".modal button")
    page.wait_for(".o_notification")
    (message,) = admin.call("sms.sms", "search_read", [], ["number", "body", "partner_id"])
    assert message["number"] == "+32470999999"
    assert message["body"] == "Dear Ann Lee, see you tomorrow. {€}"
    assert not message["partner_id"]
