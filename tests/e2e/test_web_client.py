"""The web client in a real browser."""

import struct


def test_a_list_of_rules_is_shown_and_photographed(browser, admin, folder):
    """An action opened by its external id shows its records, without an error in the browser."""
    model = admin.call("ir.model", "search", [("model", "=", "res.partner")])[0]
    admin.create("base.automation", name="Greet new contacts", model_id=model, trigger="on_create")

    page = browser.open(admin)
    page.open_action("base_automation.base_automation_act")

    assert "Greet new contacts" in page.text(".o_action_manager")
    picture = page.screenshot(folder / "rules.png")
    assert (folder / "rules.png").read_bytes() == picture
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == browser.size
    assert page.errors() == []
