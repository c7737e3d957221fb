"""What becomes of e-mails: Odoo's own queue in processes, real commits, counted at the server."""

import mail_jobs
import pytest
from mail_jobs import (
    accounts,
    deliveries,
    mails,
    resend,
    run_queue,
    run_queue_when_due,
    use_account,
    write_mails,
)
from smtp_kit.aiosmtpd_server import ABORT, MailServer

TO = ["ann@example.com", "bob@example.com", "cy@example.com"]


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def queue(in_odoo, server):
    """Start with one account at the test's server: ``queue(recipients)``, then ``queue.run()``."""
    return Queue(in_odoo, server)


class Queue:
    """Odoo's mail queue as a test uses it."""

    def __init__(self, in_odoo, server):
        self._in_odoo = in_odoo
        self._server = server

    def __call__(self, recipients, account=None, **values):
        self._in_odoo(use_account, port=self._server.port, **(account or {})).result()
        return self._in_odoo(write_mails, recipients=recipients, **values).result()

    def start(self, function=run_queue, **options):
        return self._in_odoo(function, **options)

    def run(self, function=run_queue, **options):
        return self.start(function, **options).result()

    def deliveries(self):
        return self.run(deliveries)

    def mails(self):
        return self.run(mails)


@pytest.mark.parametrize("again", [1, 2])
def test_killed_between_the_message_and_its_answer(queue, server, again):
    """In doubt, not sent a second time by itself, and the others are sent."""
    queue(TO, account={"smtp_sessions": 1})
    process = queue.start()
    killed = []

    def kill(received):
        if not killed:
            killed.append(received.recipients)
            process.kill()

    server.before_answer = kill
    with pytest.raises(RuntimeError, match="ended without an answer"):
        process.result()
    queue.run()
    queue.run()
    [[victim]] = killed
    found = queue.deliveries()
    assert found.pop(victim) == ["in_doubt", "crashed", 1]
    assert list(found.values()) == [["sent", "", 1]] * 2
    # Taken by the server once each: the one in doubt before its process died.
    assert sorted(to for one in server.received for to in one.recipients) == TO
    [failed] = [one for one in queue.mails().values() if one[0] != "sent"]
    assert failed[0] == "exception"
    assert "it may have arrived" in failed[2]


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_the_message_leaves(queue, server, meeting, again):
    """Noted as sending and killed: in doubt, for nobody can know; never lost, never doubled."""
    place = "mail.mail:_delivery_checkpoint(begun)"
    queue(TO, account={"smtp_sessions": 1})
    process = queue.start(kill_points=[place])
    meeting.wait_reached(place)
    assert server.received == []
    process.kill()
    queue.run()
    states = sorted(one[0] for one in queue.deliveries().values())
    assert states == ["in_doubt", "sent", "sent"]
    [doubt] = [to for to, one in queue.deliveries().items() if one[0] == "in_doubt"]
    assert server.recipients() == sorted(set(TO) - {doubt})
    queue.run(resend, address=doubt)
    assert server.recipients() == TO
    assert {one[0] for one in queue.deliveries().values()} == {"sent"}


@pytest.mark.parametrize("again", [1, 2])
def test_killed_after_the_answer(queue, server, meeting, again):
    """The server has it, Odoo did not note it: in doubt, and not sent again by itself."""
    place = "mail.mail:_delivery_checkpoint(answered)"
    queue(TO, account={"smtp_sessions": 1})
    process = queue.start(kill_points=[place])
    meeting.wait_reached(place)
    process.kill()
    queue.run()
    assert server.recipients() == TO
    assert sorted(one[0] for one in queue.deliveries().values()) == ["in_doubt", "sent", "sent"]


@pytest.mark.parametrize("again", [1, 2])
def test_killed_before_anything_was_noted(queue, server, meeting, again):
    """Queued deliveries of a dead process are nobody's, and sent as if nothing had happened."""
    place = "mail.mail.delivery:_insert_lives:after"
    queue(TO)
    process = queue.start(kill_points=[place])
    meeting.wait_reached(place)
    process.kill()
    queue.run()
    assert server.recipients() == TO
    assert queue.deliveries() == {to: ["sent", "", 1] for to in TO}


def test_partial_refusal(queue, server):
    """Each recipient has an outcome; the deferred one alone is tried again."""
    server.rcpt = {TO[1]: "550 5.1.1 No such user", TO[2]: "450 4.2.1 Mailbox disabled for now"}
    queue([", ".join(TO)])
    queue.run()
    assert queue.deliveries() == {
        TO[0]: ["sent", "", 1],
        TO[1]: ["refused", "unknown_mailbox", 1],
        TO[2]: ["deferred", "mailbox_disabled", 1],
    }
    [mail] = queue.mails().values()
    assert mail[0] == "outgoing"
    queue.run()
    assert server.recipients() == [TO[0]], "it is not due yet"
    server.rcpt.pop(TO[2])
    queue.run(run_queue_when_due)
    assert server.recipients() == [TO[0], TO[2]]
    [mail] = queue.mails().values()
    assert mail[:2] == ["exception", "unknown"]
    assert mail[2] == (f"{TO[1]}: The mailbox does not exist. (550 5.1.1 No such user)")


def test_retry_reaches_only_those_it_did_not_reach(queue, server):
    """Odoo's own *Retry*: nobody gets a second copy."""
    server.rcpt = {TO[1]: "550 5.1.1 No such user"}
    [mail] = queue([", ".join(TO[:2])])
    queue.run()
    server.rcpt.clear()
    queue.run(retry, mail=mail)
    assert server.recipients() == TO[:2]
    [state] = queue.mails().values()
    assert state == ["sent", "", ""]


def retry(env, mail):
    env["mail.mail"].browse(mail).action_retry()
    env.cr.commit()
    run_queue(env)


def test_deferred_and_then_accepted(queue, server):
    """451 after the message: tried again when due, with the same Message-ID."""
    server.data = ["451 4.3.0 Not now"]
    queue(TO[:1])
    queue.run()
    assert queue.deliveries() == {TO[0]: ["deferred", "server_error", 1]}
    queue.run(run_queue_when_due)
    assert queue.deliveries() == {TO[0]: ["sent", "", 2]}
    first, second = (message_id(one) for one in server.received)
    assert first == second
    assert server.recipients() == TO[:1]


def message_id(received):
    [line] = [one for one in received.content.splitlines() if one.lower().startswith(b"message-id")]
    return line


def test_a_server_that_is_down_costs_no_attempt(in_odoo):
    """The account rests and is shown; when it is back, everything is sent."""
    with MailServer() as server:
        down = server.port
        queue = Queue(in_odoo, server)
        queue(TO)
    queue.run()
    assert {one[0] for one in queue.mails().values()} == {"outgoing"}
    assert [one for one in queue.deliveries().values() if one[2]] == []
    assert queue.run(accounts) == [["Test", "resting", 1, "connection_refused"]]
    queue.run()
    assert queue.run(accounts) == [["Test", "resting", 1, "connection_refused"]], "it rests"
    for _time in range(2):
        queue.run(run_queue_when_due)
    assert queue.run(accounts) == [["Test", "down", 3, "connection_refused"]]
    with MailServer() as back:
        queue.run(move_account, old=down, new=back.port)
        queue.run(try_again)
        assert back.recipients() == TO
    assert queue.run(accounts) == [["Test", "working", 0, ""]]
    assert queue.deliveries() == {to: ["sent", "", 1] for to in TO}


def move_account(env, old, new):
    env["ir.mail_server"].search([("smtp_port", "=", old)]).smtp_port = new


def try_again(env):
    env["smtp.account"].search([]).action_try_again()
    env.cr.commit()
    run_queue(env)


def test_a_wrong_password_is_tried_once(in_odoo):
    """One attempt for all e-mails, and the account is down at once."""
    with MailServer(users={"shop": "right"}) as server:
        queue = Queue(in_odoo, server)
        queue(TO, account={"smtp_user": "shop", "smtp_pass": "wrong"})
        queue.run()
        queue.run()
        assert server.sessions == 1
        assert set(server.sign_ins) == {"shop"}
    assert queue.run(accounts) == [["Test", "down", 1, "auth_failed"]]
    assert {one[0] for one in queue.mails().values()} == {"outgoing"}
    assert [one for one in queue.deliveries().values() if one[2]] == []


def test_dropped_after_the_message_holds_up_nobody(queue, server):
    """Stock sends the first again with each run and never gets to the second (odoo#99189)."""
    server.data = [ABORT]
    queue(TO, account={"smtp_sessions": 1})
    for _run in range(3):
        queue.run()
    assert sorted(to for one in server.received for to in one.recipients) == TO
    assert sorted(one[:2] for one in queue.deliveries().values()) == [
        ["in_doubt", "dropped_after_data"],
        ["sent", ""],
        ["sent", ""],
    ]


@pytest.mark.parametrize("again", [1, 2])
def test_two_processes_share_one_queue(queue, server, meeting, again):
    """Each e-mail leaves once, and both processes work."""
    to = [f"reader{number:03}@example.com" for number in range(120)]
    queue(to, account={"smtp_sessions": 1})
    folder = str(meeting.folder)
    processes = [queue.start(run_queue_together, folder=folder) for _number in range(2)]
    for process in processes:
        process.result()
    assert server.recipients() == to
    assert queue.deliveries() == {one: ["sent", "", 1] for one in to}
    assert server.most_at_once == 2


def run_queue_together(env, folder):
    from harness.meeting import Meeting

    env.cr.rollback()
    Meeting(folder).barrier("ready", parties=2)
    run_queue(env)


def test_a_rolled_back_author_sends_nothing(queue, server):
    """Stock sends in the middle of the transaction."""
    queue([])
    assert queue.run(send_and_roll_back) == "outgoing"
    assert server.received == []


def send_and_roll_back(env):
    [mail] = write_mails(env, TO[:1])
    env["mail.mail"].browse(mail).send()
    state = env["mail.mail"].browse(mail).state
    env.cr.rollback()
    return state


def test_who_wants_the_error_at_once_gets_it(queue, server):
    """``raise_exception``, as password resets use it."""
    server.rcpt = {TO[0]: "550 5.1.1 No such user"}
    queue([])
    assert "The mailbox does not exist" in queue.run(send_and_raise, to=TO[0])
    assert queue.run(send_and_raise, to=TO[1]) == "sent"
    assert server.recipients() == [TO[1]]


def send_and_raise(env, to):
    from odoo.addons.base.models.ir_mail_server import MailDeliveryException

    mail = env["mail.mail"].browse(write_mails(env, [to]))
    try:
        mail.send(raise_exception=True)
    except MailDeliveryException as error:
        env.cr.rollback()
        return str(error)
    return mail.state


def test_notifications_tell_each_reader(queue, server):
    """Odoo's envelope in the chatter: green for whom it reached, red with the reason."""
    server.rcpt = {TO[1]: "550 5.1.1 No such user"}
    queue([])
    queue.run(post_to, addresses=TO)
    assert server.recipients() == [TO[0], TO[2]]
    found = queue.run(mail_jobs.notifications)
    assert found[TO[0]] == found[TO[2]] == ["sent", "", ""]
    assert found[TO[1]][:2] == ["exception", "unknown"]
    assert "550 5.1.1 No such user" in found[TO[1]][2]


def post_to(env, addresses):
    partners = env["res.partner"].create(
        [{"name": address, "email": address} for address in addresses]
    )
    partners[0].message_post(
        body="Hello",
        partner_ids=partners.ids,
        email_from="shop@example.com",
        subtype_xmlid="mail.mt_comment",
    )
