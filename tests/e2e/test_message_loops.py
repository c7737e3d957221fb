"""A rule that writes SMS about e-mails, and one that writes e-mails about SMS."""

import mail_jobs
import pytest
import sms_jobs
from sms_peers.http_fakes import Provider
from smtp_kit.aiosmtpd_server import MailServer

ANN, BOB = "ann@example.com", "bob@example.com"
FIRST, SECOND = sms_jobs.NUMBERS[:2]


@pytest.fixture
def servers():
    """An SMTP server that knows nobody, and a provider that takes no number."""
    provider = Provider().start()
    error = {"code": 21211, "message": "Invalid number", "status": 400}
    provider.replies = [(400, {}, error)] * 9
    with MailServer(rcpt=dict.fromkeys((ANN, BOB), "550 5.1.1 No such user")) as server:
        yield server, provider
    provider.close()


def make_rules(env):
    for model, trigger, action in (
        (
            "mail.mail.delivery",
            "on_mail_refused",
            {
                "state": "sms",
                "sms_to": SECOND,
                "sms_text": "The e-mail to [[ object.address ]] failed",
            },
        ),
        (
            "sms.message",
            "on_sms_failed",
            {
                "state": "email",
                "email_sender": "shop@example.com",
                "email_to": BOB,
                "email_subject": "The SMS to [[ object.number ]] failed",
                "email_message": "See there.",
            },
        ),
    ):
        model_id = env["ir.model"]._get_id(model)
        values = {"name": "Tell", "model_id": model_id, **action}
        env["base.automation"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "trigger": trigger,
                "action_server_ids": [(0, 0, values)],
            }
        )


def work_off_everything(env):
    for _round in range(4):
        mail_jobs.run_queue(env)
        sms_jobs.run_queue(env)
        env.cr.commit()
        env["server.action.task"]._drain()
        env.cr.commit()
    mails = env["mail.mail.delivery"].search([])
    messages = env["sms.message"].search([])
    return [
        sorted([one.address, one.state] for one in mails),
        sorted([one.number, one.state] for one in messages),
    ]


@pytest.mark.parametrize("first", ["email", "sms"])
def test_rules_that_answer_each_other_end(in_odoo, servers, first):
    """The first message one of them writes is the last, whichever begins."""
    server, provider = servers
    in_odoo(mail_jobs.use_account, port=server.port).result()
    in_odoo(sms_jobs.use_gateway, url=provider.url).result()
    in_odoo(make_rules).result()
    if first == "email":
        in_odoo(mail_jobs.write_mails, recipients=[ANN]).result()
        expected = [[[ANN, "refused"]], [[SECOND, "failed"]]]
    else:
        in_odoo(sms_jobs.write_messages, numbers=[FIRST]).result()
        expected = [[[BOB, "refused"]], [[FIRST, "failed"]]]
    assert in_odoo(work_off_everything).result() == expected
