"""The form of an e-mail action and its preview, in a real browser."""

import pytest
from harness.web_form import WebForm

TO = ".o_field_widget[name=email_to]"


@pytest.fixture
def action(admin):
    """An e-mail action on contacts, and whom it writes to; whoever starts it is the sender."""
    (user,) = admin.call("res.users", "search", [("login", "=", "admin")])
    admin.write("res.users", user, email="shop@example.com")
    partner = admin.create("res.partner", name="Ann Lee", email="ann@example.com", lang="en_US")
    admin.create("res.partner", name="Bo", email="nobody", parent_id=partner)
    return admin.create(
        "ir.actions.server",
        name="Order sent",
        state="email",
        model_id=admin.call("ir.model", "search", [("model", "=", "res.partner")])[0],
        email_to="email, child_ids",
        email_cc="boss@example.com",
        email_subject="Your order, [[ object.name ]]",
        email_message="Dear [[ object.name ]],\n\nyour order is on its way.\n\nThe shop",
    ), partner


def test_a_path_is_picked_and_the_preview_shows_the_mail(browser, admin, action, folder):
    """The button beside “To” adds a field from the tree; the preview shows who gets what."""
    action_id, partner = action
    page = browser.open(admin)
    page.open_action("base.action_server_action", action_id)
    form = WebForm(page)
    page.wait_for(TO)
    page.screenshot(folder / "email-form.png")

    form.click(f"{TO} .o_server_action_engine_pick")
    page.wait_for(".o_model_field_selector_popover")
    form.type(".o_model_field_selector_popover_search input", "Salesperson")
    page.screenshot(folder / "email-picker.png")
    form.press("Salesperson", ".o_model_field_selector_popover_item_name")
    page.wait_until(
        f"document.querySelector('{TO} input').value === 'email, child_ids, user_id'",
        "the picked path",
    )
    form.click(".o_form_button_save")
    page.wait_at_rest()
    (saved,) = admin.call("ir.actions.server", "read", [action_id], ["email_to"])
    assert saved["email_to"] == "email, child_ids, user_id"

    form.press("Preview", ".oe_stat_button")
    page.wait_for(".o_smtp_mail_action_preview")
    form.choose(".modal [name=res_id]", "Ann Lee")
    page.wait_until(
        "document.querySelector('.o_smtp_mail_action_preview').innerText.includes('Ann Lee')",
        "the mail for Ann",
    )
    page.screenshot(folder / "email-preview.png")
    shown = page.text(".o_smtp_mail_action_preview")
    for text in ("ann@example.com", "boss@example.com", "Your order, Ann Lee", "on its way"):
        assert text in shown
    assert "“nobody” is no e-mail address" in shown
    form.press("Send a Test to Me", ".modal button")
    page.wait_for(".o_notification")
    mails = admin.call("mail.mail", "search_read", [("subject", "like", "[Test]")], ["email_to"])
    assert all("ann@example.com" not in (mail["email_to"] or "") for mail in mails)
