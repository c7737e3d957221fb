"""Deliveries and account health, in a real browser: seen, sent again, tried again."""

import pytest
from harness.web_form import WebForm
from mail_jobs import accounts, deliveries, run_queue, use_account, write_mails
from smtp_kit.aiosmtpd_server import ABORT, MailServer

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def outcomes(in_odoo):
    """One e-mail in doubt, one refused, and the account of both, whose server is gone since."""
    with MailServer() as server:
        server.rcpt = {BOB: "550 5.1.1 No such user"}
        server.data = [ABORT]
        in_odoo(use_account, port=server.port, smtp_sessions=1).result()
        in_odoo(write_mails, recipients=[ANN, BOB]).result()
        in_odoo(run_queue).result()
    found = in_odoo(deliveries).result()
    assert {to: one[0] for to, one in found.items()} == {ANN: "in_doubt", BOB: "refused"}


def test_only_what_surely_did_not_arrive_is_sent_again(browser, admin, in_odoo, outcomes, folder):
    page = browser.open(admin)
    page.open_action("smtp_mail_action.mail_mail_delivery_action")
    shown = page.text(".o_list_view")
    for text in (ANN, BOB, "In Doubt", "Refused", "The mailbox does not exist."):
        assert text in shown
    form = WebForm(page)
    page.click("thead .o_list_record_selector input")
    form.press("Send Again")
    page.wait_for(".modal")
    page.screenshot(folder / "resend.png")
    assert "1 of 2 chosen e-mails may have arrived already" in page.text(".modal")
    form.press("Only Those That Did Not Arrive", ".modal button")
    page.wait_until("!document.querySelector('.modal')", "the dialog to close")
    found = in_odoo(deliveries).result()
    assert {to: one[0] for to, one in found.items()} == {ANN: "in_doubt", BOB: "queued"}
    assert page.errors() == []


def test_an_account_that_rests_is_tried_again(browser, admin, in_odoo, outcomes, folder):
    in_odoo(write_mails, recipients=["cy@example.com"]).result()
    in_odoo(run_queue).result()
    page = browser.open(admin)
    page.open_action("smtp_mail_action.smtp_account_action")
    page.click(".o_data_row .o_data_cell")
    page.wait_for(".o_form_view")
    page.screenshot(folder / "account.png")
    shown = page.text(".o_form_view")
    for text in ("Resting", "Nothing answers on this port.", "Check the port", "Waiting"):
        assert text in shown
    assert in_odoo(accounts).result() == [["Test", "resting", 1, "connection_refused"]]
    WebForm(page).press("Try Again Now", "button")
    # Until the next attempt says otherwise; it would rest as long as before.
    assert in_odoo(accounts).result() == [["Test", "working", 1, "connection_refused"]]
    assert page.errors() == []


def write_about_contacts(env):
    """Return the ids of two contacts and a country; an e-mail is written about the first one."""
    contacts = env["res.partner"].create([{"name": "Ann Lee"}, {"name": "Bob Ray"}])
    write_mails(env, [ANN], model=contacts._name, res_id=contacts[0].id)
    return [*contacts.ids, env.ref("base.be").id]


def test_the_form_of_a_record_says_how_many_there_are(browser, admin, in_odoo, folder):
    """A smart button without a field on any model, which forms of other models do not ask for."""
    with MailServer() as smtp:
        in_odoo(use_account, port=smtp.port).result()
        ann, bob, country = in_odoo(write_about_contacts).result()
        in_odoo(run_queue).result()
    page = browser.open(admin)
    buttons = ".o_server_action_engine_document_rows button"
    page.open_action("base.action_partner_form", bob)
    page.wait_for(".o_form_view")
    page.wait_at_rest()
    assert not page.evaluate(f"!!document.querySelector({buttons!r})")
    page.open_action("base.action_partner_form", ann)
    page.wait_for(buttons)
    page.screenshot(folder / "button.png")
    assert page.text(buttons).split() == ["1", "E-mails"]
    page.click(buttons)
    page.wait_for(".o_list_view .o_data_row")
    assert ANN in page.text(".o_list_view")
    asked = "performance.getEntriesByType('resource').filter((one) => /count_about/.test(one.name))"
    before = page.evaluate(f"{asked}.length")
    page.open_action("base.action_country", country)
    page.wait_for(".o_form_view")
    page.wait_at_rest()
    assert page.evaluate(f"{asked}.length") == 0 < before
    assert page.errors() == []
