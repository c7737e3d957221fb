"""Messages in a real browser: the button on the form of the record they are about."""

from harness.web_form import WebForm
from sms_jobs import NUMBERS, run_queue, use_gateway, write_messages

BUTTONS = ".o_server_action_engine_document_rows button"
ASKED = "performance.getEntriesByType('resource').filter((one) => /count_about/.test(one.name))"


def write_about(env, record):
    write_messages(env, NUMBERS[:2], res_model=record._name, res_id=record.id)


def write_about_a_country(env):
    write_about(env, env.ref("base.be"))


def write_about_contacts(env):
    """Return the ids of two contacts and a country; SMS are written about the first contact."""
    contacts = env["res.partner"].create([{"name": "Ann Lee"}, {"name": "Bob Ray"}])
    write_about(env, contacts[0])
    return [*contacts.ids, env.ref("base.be").id]


def test_the_form_of_a_record_says_how_many_there_are(browser, admin, in_odoo, folder):
    """On forms of models that have any, for records that have any; others ask nothing."""
    in_odoo(use_gateway, url="", kind="memory").result()
    ann, bob, country = in_odoo(write_about_contacts).result()
    in_odoo(run_queue).result()
    page = browser.open(admin)
    page.open_action("base.action_partner_form", bob)
    page.wait_for(".o_form_view")
    page.wait_at_rest()
    assert not page.evaluate(f"!!document.querySelector({BUTTONS!r})")
    page.open_action("base.action_partner_form", ann)
    page.wait_for(BUTTONS)
    page.screenshot(folder / "button.png")
    assert page.text(BUTTONS).split() == ["2", "SMS"]
    page.click(BUTTONS)
    page.wait_for(".o_list_view .o_data_row")
    shown = page.text(".o_list_view")
    assert [number in shown for number in NUMBERS] == [True, True, False]
    before = page.evaluate(f"{ASKED}.length")
    page.open_action("base.action_country", country)
    page.wait_for(".o_form_view")
    page.wait_at_rest()
    assert page.evaluate(f"{ASKED}.length") == 0 < before
    assert page.errors() == []


def test_the_first_message_of_a_model_needs_no_new_page(browser, admin, in_odoo):
    """A page that is open hears that there are messages about countries now."""
    in_odoo(use_gateway, url="", kind="memory").result()
    page = browser.open(admin)
    page.open_action("base.action_country")
    page.wait_for(".o_data_row")
    known = "odoo.loader.modules.get('@web/session').session.document_rows['sms.message']"
    assert page.evaluate(f"{known}.length") == 0
    in_odoo(write_about_a_country).result()
    in_odoo(run_queue).result()
    page.wait_until(f"{known}.includes('res.country')", "the page to hear of the messages")
    WebForm(page).press("Belgium", ".o_data_cell")
    page.wait_for(BUTTONS)
    assert page.text(BUTTONS).split() == ["2", "SMS"]
    assert page.errors() == []
