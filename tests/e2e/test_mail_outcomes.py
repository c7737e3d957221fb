"""What follows from an e-mail: blind copies, rules about outcomes, and messages that come back."""

import email
import email.policy

import pytest
from mail_jobs import deliveries, run_queue, use_account, write_mails
from smtp_kit.aiosmtpd_server import ABORT, MailServer

ANN, BOB, CY = "ann@example.com", "bob@example.com", "cy@example.com"
BOSS, ARCHIVE = "boss@example.com", "archive@example.com"


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def account(in_odoo, server):
    """Make the server of the test the only account."""
    return in_odoo(use_account, port=server.port, smtp_sessions=1).result()


# -- blind copies -----------------------------------------------------------------------------


def run_action_with_blind_copies(env):
    partners = env["res.partner"].create(
        [{"name": name, "email": f"{name}@example.com"} for name in ("ann", "bob")]
    )
    always = env["res.partner"].create({"name": "Cy", "email": CY})
    action = env["ir.actions.server"].create(
        {
            "name": "Order sent",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "state": "email",
            "email_sender": "shop@example.com",
            "email_to": "email",
            "email_partner_ids": [(6, 0, always.ids)],
            "email_bcc": f"{BOSS}, {ARCHIVE}",
            "email_subject": "Order of [[ object.name ]]",
            "email_message": "Dear [[ object.name ]]",
        }
    )
    action.with_context(active_model="res.partner", active_ids=partners.ids).run()
    env.cr.commit()
    run_queue(env)
    found = env["mail.mail.delivery"].search([("address", "in", [BOSS, ARCHIVE])])
    return sorted([one.address, one.state, one.subject] for one in found)


def test_blind_copies_stand_in_the_envelope_only(in_odoo, server, account):
    """Each gets one copy of each e-mail, and no copy names them."""
    found = in_odoo(run_action_with_blind_copies).result()
    subjects = ["Order of ann", "Order of bob"]
    assert found == [[to, "sent", subject] for to in (ARCHIVE, BOSS) for subject in subjects]
    for to in (BOSS, ARCHIVE):
        copies = [one for one in server.accepted if to in one.recipients]
        assert sorted(map(subject_of, copies)) == subjects
    for one in server.accepted:
        assert BOSS.encode() not in one.content
        assert ARCHIVE.encode() not in one.content
    for to, subject in ((ANN, subjects[0]), (BOB, subjects[1])):
        assert [subject_of(one) for one in server.accepted if to in one.recipients] == [subject]


def subject_of(received):
    message = email.message_from_bytes(received.content, policy=email.policy.default)
    return str(message["Subject"])


# -- rules about outcomes ---------------------------------------------------------------------


def make_rules(env):
    """Have a rule for each outcome write down whom it was about."""
    model_id = env["ir.model"]._get_id("mail.mail.delivery")
    for trigger in ("on_mail_sent", "on_mail_refused", "on_mail_in_doubt"):
        code = f"env['ir.config_parameter'].set_param('{trigger}.' + record.address, record.state)"
        action = {"name": trigger, "model_id": model_id, "state": "code", "code": code}
        env["base.automation"].create(
            {
                "name": trigger,
                "model_id": model_id,
                "trigger": trigger,
                "action_server_ids": [(0, 0, action)],
            }
        )


def work_off_tasks(env):
    env["server.action.task"]._drain()
    env.cr.commit()
    found = env["ir.config_parameter"].search([("key", "like", "on_mail_")])
    return {one.key: one.value for one in found}


def test_rules_run_on_each_outcome(in_odoo, server, account):
    """From the server's answer to the rule's action, in processes with real commits."""
    in_odoo(make_rules).result()
    server.rcpt = {BOB: "550 5.1.1 No such user"}
    server.data = ["250 OK", ABORT]
    in_odoo(write_mails, recipients=[ANN, BOB, CY]).result()
    in_odoo(run_queue).result()
    states = {to: one[0] for to, one in in_odoo(deliveries).result().items()}
    assert sorted(states.values()) == ["in_doubt", "refused", "sent"]
    assert in_odoo(work_off_tasks).result() == {
        f"on_mail_{state}.{to}": state for to, state in states.items()
    }


def complain_about_refusals(env):
    """Two rules that write to each other's refused recipients."""
    model_id = env["ir.model"]._get_id("mail.mail.delivery")
    for reader, other in ((BOB, CY), (CY, BOB)):
        action = {
            "name": f"Tell {other}",
            "model_id": model_id,
            "state": "email",
            "email_sender": "shop@example.com",
            "email_to": other,
            "email_subject": "An e-mail to [[ object.address ]] was refused",
            "email_message": "See the deliveries.",
        }
        env["base.automation"].create(
            {
                "name": f"Refused by {reader}",
                "model_id": model_id,
                "trigger": "on_mail_refused",
                "filter_domain": f"[('address', '=', '{reader}')]",
                "action_server_ids": [(0, 0, action)],
            }
        )


def work_off_everything(env):
    for _round in range(4):
        run_queue(env)
        env.cr.commit()
        env["server.action.task"]._drain()
        env.cr.commit()
    return sorted(one.address for one in env["mail.mail.delivery"].search([]))


def test_rules_that_mail_each_other_about_refusals_end(in_odoo, server, account):
    """The complaint is refused too, and starts nothing more."""
    in_odoo(complain_about_refusals).result()
    server.rcpt = dict.fromkeys((BOB, CY), "550 5.1.1 No such user")
    in_odoo(write_mails, recipients=[BOB]).result()
    assert in_odoo(work_off_everything).result() == [BOB, CY]


# -- messages that come back ------------------------------------------------------------------


def receive(env, message):
    """Do what the gateway does with a message of the bounce mailbox."""
    env["mail.thread"].message_process(False, message)


def states_with_replies(env):
    return {
        one.address: [one.state, one.reason or "", one.reply or ""]
        for one in env["mail.mail.delivery"].search([])
    }


def report(original, action, status, said):
    """Return a report about ``original`` as postfix writes it."""
    message = email.message_from_bytes(original.content, policy=email.policy.default)
    [to] = original.recipients
    return (
        "Message-ID: <report@mail.example.org>\n"
        f"From: MAILER-DAEMON@mail.example.org\nTo: {original.sender}\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is the mail system at mail.example.org.\n\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mail.example.org\n\n"
        f"Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\n"
        f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {message['Message-ID']}\nSubject: {message['Subject']}\n--b--\n"
    )


def test_a_bounce_reaches_its_delivery_and_rules(in_odoo, server, account):
    """The server took it over; hours later its report comes back through the gateway."""
    in_odoo(make_rules).result()
    in_odoo(write_mails, recipients=[ANN, BOB]).result()
    in_odoo(run_queue).result()
    [to_bob] = [one for one in server.accepted if one.recipients == [BOB]]
    later = report(to_bob, "delayed", "4.4.1", "451 4.4.1 try later")
    in_odoo(receive, message=later).result()
    assert in_odoo(states_with_replies).result()[BOB][0] == "sent", "a delay is no failure"
    final = report(to_bob, "failed", "5.1.1", "550 5.1.1 No such user").replace("<report@", "<2@")
    in_odoo(receive, message=final).result()
    found = in_odoo(states_with_replies).result()
    assert found[ANN][:2] == ["sent", ""]
    assert found[BOB] == ["bounced", "unknown_mailbox", "550 5.1.1 No such user"]
    assert in_odoo(work_off_tasks).result() == {
        f"on_mail_sent.{ANN}": "sent",
        # Its task ran after the report had come.
        f"on_mail_sent.{BOB}": "bounced",
        f"on_mail_refused.{BOB}": "bounced",
    }


@pytest.mark.parametrize("first", ["gateway", "courier"])
def test_a_report_faster_than_the_answer(in_odoo, server, account, meeting, announced, first):
    """The courier and the gateway are at the same row, and neither undoes the other's note."""
    if first == "courier":
        announced.append("could not serialize access due to concurrent update")
    answered, returned = (
        "mail.mail:_delivery_checkpoint(answered)",
        "mail.mail.delivery:_note_bounces",
    )
    in_odoo(write_mails, recipients=[ANN]).result()
    processes = {"courier": in_odoo(run_queue, kill_points=[answered])}
    meeting.wait_reached(answered)
    [sent] = server.accepted
    final = report(sent, "failed", "5.1.1", "550 5.1.1 No such user")
    processes["gateway"] = in_odoo(receive, kill_points=[returned], message=final)
    meeting.wait_reached(returned)
    places = {"courier": answered, "gateway": returned}
    for name in (first, *(places.keys() - {first})):
        meeting.release(places[name])
        processes[name].result()
    assert in_odoo(states_with_replies).result()[ANN] == [
        "bounced",
        "unknown_mailbox",
        "550 5.1.1 No such user",
    ]


def test_what_is_no_bounce_changes_nothing(in_odoo, server, account):
    """An automatic answer, and the report about somebody else's message."""
    in_odoo(write_mails, recipients=[ANN]).result()
    in_odoo(run_queue).result()
    [sent] = server.accepted
    message = email.message_from_bytes(sent.content, policy=email.policy.default)
    # Some quote the whole message, as a bounce does.
    away = (
        f"Message-ID: <away@example.com>\nFrom: {ANN}\nTo: {sent.sender}\n"
        "Subject: Away\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI am away.\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {message['Message-ID']}\n"
        "Subject: Hello\n\nHello\n--b--\n"
    )
    in_odoo(receive_for_everybody, message=away).result()
    strange = report(sent, "failed", "5.1.1", "550 5.1.1 No such user")
    strange = strange.replace(str(message["Message-ID"]), "<never@heard.of>")
    in_odoo(receive, message=strange).result()
    assert in_odoo(deliveries).result() == {ANN: ["sent", "", 1]}


def receive_for_everybody(env, message):
    """The same, with the address of bounces being the one the message went to."""
    domain = env["mail.alias.domain"].create({"name": "example.com", "bounce_alias": "shop"})
    assert domain.bounce_email == "shop@example.com"
    receive(env, message)
