"""What leaves the database leaves after the commit, and not after a rollback."""

import pytest
from harness.meeting import Meeting


def use_mail_server(env, port):
    """Make the SMTP server of the test the only one."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create({"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": port})


def post_message(env, folder, outcome):
    """Send a message to a new partner, then end the transaction as ``outcome`` says."""
    partner = env["res.partner"].create({"name": "Reader", "email": "reader@example.com"})
    partner.message_post(
        body="Hello",
        subject="Good news",
        partner_ids=partner.ids,
        email_from="sender@example.com",
        subtype_xmlid="mail.mt_comment",
    )
    env.flush_all()
    Meeting(folder).pause("end of the transaction")
    if outcome == "rollback":
        env.cr.rollback()


@pytest.mark.parametrize(("outcome", "subjects"), [("commit", ["Good news"]), ("rollback", [])])
def test_a_message_is_sent_after_the_commit_only(in_odoo, meeting, smtp, outcome, subjects):
    """Before the end of the transaction nothing is sent, after a rollback nothing at all."""
    in_odoo(use_mail_server, port=smtp.port).result()

    process = in_odoo(post_message, folder=str(meeting.folder), outcome=outcome)
    meeting.wait_reached("end of the transaction")
    assert smtp.subjects() == []

    meeting.release("end of the transaction")
    process.result()
    assert smtp.subjects() == subjects


def run_webhook(env, url, outcome):
    """Run a web hook action on a new partner, then commit or roll back."""
    partner = env["res.partner"].create({"name": "Called"})
    action = env["ir.actions.server"].create(
        {
            "name": "Call",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "state": "webhook",
            "webhook_url": url,
            "webhook_field_ids": env["ir.model.fields"]._get("res.partner", "name").ids,
        }
    )
    action.with_context(
        active_model="res.partner", active_id=partner.id, active_ids=partner.ids
    ).run()
    if outcome == "rollback":
        env.cr.rollback()


def test_a_web_hook_is_called_after_the_commit_only(in_odoo, receiver, announced):
    """A rolled-back transaction calls nobody, a committed one once, with the fields asked for."""
    announced.append("Webhook call to .* cancelled due to a rollback")
    in_odoo(run_webhook, url=f"{receiver.url}/hook", outcome="rollback").result()
    assert receiver.requests == []

    in_odoo(run_webhook, url=f"{receiver.url}/hook", outcome="commit").result()
    [request] = receiver.wait_for(1)
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.json()["name"] == "Called"
