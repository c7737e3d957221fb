"""Several sessions at once: nothing lost, nothing twice, nothing asked twice of a dead server."""

import threading
import time

import pytest
from smtp_kit.aiosmtpd_server import ABORT, MailServer
from smtp_kit.script_server import ScriptServer

from smtp_mail_action.core.account import Secret
from smtp_mail_action.core.throttle import Rate, Throttle
from smtp_mail_action.transports import Session, SessionPool, SmtpConnectionError


def verdicts(outcomes):
    return {
        one.envelope.key: (one.result.recipients[0].verdict, one.result.recipients[0].reason)
        for one in outcomes
    }


def numbered(letter, count):
    return [letter(f"p{number}@example.com", key=number) for number in range(count)]


def test_every_message_arrives_once_over_as_many_sessions_as_allowed(account_of, letter):
    with MailServer() as server, SessionPool(account_of(server, sessions=4)) as pool:
        outcomes = list(pool.deliver(numbered(letter, 100)))
        assert verdicts(outcomes) == {number: ("sent", "") for number in range(100)}
        assert server.recipients() == sorted(f"p{number}@example.com" for number in range(100))
        assert 1 < server.most_at_once <= 4
        assert server.sessions <= 4


def test_sessions_are_kept_from_one_batch_to_the_next(account_of, letter):
    with MailServer() as server, SessionPool(account_of(server, sessions=1)) as pool:
        for _batch in range(3):
            assert len(list(pool.deliver(numbered(letter, 5)))) == 5
        assert server.sessions == 1


def test_sessions_are_renewed_after_as_many_messages_as_allowed(account_of, letter):
    with MailServer() as server:
        account = account_of(server, sessions=1, messages_per_session=10)
        with SessionPool(account) as pool:
            list(pool.deliver(numbered(letter, 35)))
        assert server.sessions == 4
        assert len(server.received) == 35


def test_the_callers_code_runs_in_its_own_thread_and_never_far_ahead(account_of, letter):
    """The iterable may use the ORM, and no more messages exist than sessions."""
    threads, made, done = set(), 0, 0
    furthest = 0

    def envelopes():
        nonlocal made, furthest
        for one in numbered(letter, 40):
            threads.add(threading.current_thread())
            made += 1
            furthest = max(furthest, made - done)
            yield one

    with MailServer() as server, SessionPool(account_of(server, sessions=3)) as pool:
        for _outcome in pool.deliver(envelopes()):
            done += 1
    assert threads == {threading.current_thread()}
    assert furthest <= 3
    assert done == 40


def test_messages_in_doubt_and_refused_ones_hold_up_no_other(account_of, letter):
    with MailServer(
        rcpt={"p3@example.com": "550 5.1.1 No", "p5@example.com": ABORT}, data=["250 OK", ABORT]
    ) as server:
        with SessionPool(account_of(server, sessions=1)) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 8)))
        assert outcomes == {
            0: ("sent", ""),
            1: ("in_doubt", "dropped_after_data"),
            2: ("sent", ""),
            3: ("refused", "unknown_mailbox"),
            4: ("sent", ""),
            5: ("deferred", "dropped"),
            6: ("sent", ""),
            7: ("sent", ""),
        }
        assert len(server.received) == 6
        assert pool.trouble is None


def test_an_idle_session_the_server_has_closed_is_replaced_without_a_word(account_of, letter):
    """The drop before MAIL was answered is no attempt: nothing had begun."""
    with MailServer() as server, SessionPool(account_of(server, sessions=1)) as pool:
        list(pool.deliver(numbered(letter, 1)))
        server.mail.append(ABORT)
        letters = [letter("nobody", "p0@example.com", key=0), *numbered(letter, 2)[1:]]
        outcomes = list(pool.deliver(letters))
        assert [one.verdict for one in outcomes[0].result.recipients] == ["refused", "sent"]
        assert verdicts(outcomes[1:]) == {1: ("sent", "")}
        assert server.sessions == 2
        assert len(server.received) == 3


def test_a_session_lost_in_a_second_round_does_not_repeat_the_first(account_of, letter):
    """Two recipients taken, the third put off for a further round, and then nothing more."""
    taken = []

    def script(line):
        count = rounds = 0
        line.say("220 script ESMTP")
        while heard := line.hear():
            if heard.startswith("MAIL"):
                count, rounds = 0, rounds + 1
                if rounds == 3:
                    return
                line.say("250 OK")
            elif heard.startswith("RCPT"):
                count += 1
                line.say("250 OK" if count <= 2 else "452 4.5.3 Too many recipients")
            elif heard.startswith("DATA"):
                taken.append(line.message())
                line.say("250 OK")
            else:
                line.say("250 OK")

    people = [f"p{number}@example.com" for number in range(3)]
    with ScriptServer(script) as server:
        with SessionPool(account_of(server, sessions=1)) as pool:
            _first, second = pool.deliver([letter("ann@example.com"), letter(*people)])
        assert [one.verdict for one in second.result.recipients] == ["sent", "sent", "held"]
        assert (server.connections, len(taken)) == (1, 2)


def test_421_said_to_an_idle_session_is_not_the_reply_to_the_next_message(account_of, letter):
    """Postfix: “421 4.4.2 Error: timeout exceeded”, and then the connection is closed."""
    taken = []

    def script(line):
        if line.talk("DATA"):
            taken.append(line.message())
            line.say("250 2.0.0 Taken")
            time.sleep(0.1)
            line.say("421 4.4.2 Error: timeout exceeded")

    with ScriptServer(script) as server:
        with SessionPool(account_of(server, sessions=1)) as pool:
            for _batch in range(3):
                assert verdicts(pool.deliver(numbered(letter, 1))) == {0: ("sent", "")}
                time.sleep(0.3)
        assert pool.trouble is None
        assert (server.connections, len(taken)) == (3, 3)


def test_a_reply_too_many_is_not_taken_for_the_next_one(account_of, letter):
    """Out of step, every reply would be attributed to the wrong message."""
    taken = []

    def script(line):
        if line.talk("DATA"):
            taken.append(line.message())
            line.say("250 2.0.0 Taken\r\n250 2.0.0 Once more")
            line.talk("QUIT")

    with ScriptServer(script) as server:
        with SessionPool(account_of(server, sessions=1)) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 3)))
        assert set(outcomes.values()) == {("sent", "")}
        assert (server.connections, len(taken)) == (3, 3)


def test_sessions_are_opened_one_by_one_until_one_is_let_in(account_of, letter):
    attempts = []

    with MailServer() as server:
        account = account_of(server, sessions=4, messages_per_session=2)

        def open_session():
            attempts.append(threading.current_thread())
            if len(attempts) > 1:
                time.sleep(0.1)
                raise SmtpConnectionError("auth", "auth_failed", alarm=True)
            return Session.open(account)

        with SessionPool(account, open_session) as pool:
            assert verdicts(pool.deliver(numbered(letter, 1))) == {0: ("sent", "")}
            outcomes = verdicts(pool.deliver(numbered(letter, 12)))
    assert outcomes[0] == ("sent", "")
    assert set(list(outcomes.values())[1:]) == {("held", "auth_failed")}
    assert len(attempts) == 2


def test_a_password_that_stopped_working_is_sent_once_in_the_next_batch(account_of, letter):
    with MailServer(users={"shop": "right"}) as server:
        account = account_of(
            server, sessions=4, messages_per_session=5, user="shop", secret=Secret("right")
        )
        with SessionPool(account) as pool:
            list(pool.deliver(numbered(letter, 20)))
            server.users["shop"] = "changed"
            server.sign_ins.clear()
            outcomes = verdicts(pool.deliver(numbered(letter, 20)))
        assert ("held", "auth_failed") in outcomes.values()
        assert len(server.sign_ins) == 1


def test_a_dead_server_is_asked_once(account_of, letter):
    with ScriptServer(lambda line: line.say("421 4.3.2 Closed for today")) as server:
        with SessionPool(account_of(server, sessions=4)) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 20)))
        assert outcomes == {number: ("held", "busy") for number in range(20)}
        assert server.connections == 1
        assert pool.trouble.stage == "greeting"


def test_a_wrong_password_is_sent_once_and_no_message_is_burnt(account_of, letter):
    with MailServer(users={"shop": "right"}) as server:
        account = account_of(server, sessions=4, user="shop", secret=Secret("wrong"))
        with SessionPool(account) as pool:
            outcomes = list(pool.deliver(numbered(letter, 20)))
        assert set(verdicts(outcomes).values()) == {("held", "auth_failed")}
        assert all(one.result.recipients[0].alarm for one in outcomes)
        assert server.sign_ins == ["shop"]


def test_the_next_batch_tries_again(account_of, letter):
    with MailServer(mail=["421 4.3.2 Restarting"]) as server:
        with SessionPool(account_of(server, sessions=2)) as pool:
            assert set(verdicts(pool.deliver(numbered(letter, 3))).values()) == {("held", "busy")}
            assert set(verdicts(pool.deliver(numbered(letter, 3))).values()) == {("sent", "")}
        assert len(server.received) == 3


def test_a_server_that_allows_fewer_sessions_gets_fewer(account_of, letter):
    """Being sent away from a third session is no trouble while two work."""
    with MailServer(max_sessions=2) as server:
        with SessionPool(account_of(server, sessions=6)) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 60)))
        assert set(outcomes.values()) == {("sent", "")}
        assert len(server.received) == 60
        assert pool.trouble is None


def test_outcomes_nobody_took_come_with_the_end(account_of, letter):
    """The caller's own code failed: what was under way is not forgotten."""
    with MailServer() as server:
        pool = SessionPool(account_of(server, sessions=2))
        with pytest.raises(ZeroDivisionError):
            for _outcome in pool.deliver(numbered(letter, 10)):
                raise ZeroDivisionError
        taken = 1 + len(pool.close())
        assert taken == len(server.received)


def test_an_error_in_the_callers_iterable_is_the_callers(account_of, letter):
    def envelopes():
        yield letter("ann@example.com", key=1)
        raise KeyError("template")

    taken = []
    with MailServer() as server, SessionPool(account_of(server)) as pool:
        with pytest.raises(KeyError):
            for outcome in pool.deliver(envelopes()):
                taken.append(outcome.envelope.key)
        taken += [one.envelope.key for one in pool.close()]
        assert taken == [1]
        assert len(server.received) == 1


def test_a_rate_spreads_messages(account_of, letter):
    with MailServer() as server:
        throttle = Throttle(Rate(20, per_seconds=1))
        with SessionPool(account_of(server, sessions=4), throttle=throttle) as pool:
            started = time.monotonic()
            outcomes = verdicts(pool.deliver(numbered(letter, 9)))
            assert time.monotonic() - started >= 8 / 20
    assert set(outcomes.values()) == {("sent", "")}


def test_a_domain_that_has_to_wait_long_holds_up_no_other(account_of, letter):
    letters = [
        letter("a@slöw.example", key="slow 1"),
        letter("b@SLÖW.example", key="slow 2"),
        letter("c@fast.example", key="fast"),
    ]
    throttle = Throttle(domains={"xn--slw-tna.example": Rate(1, per_seconds=3600)})
    with MailServer() as server:
        with SessionPool(account_of(server), throttle=throttle) as pool:
            outcomes = list(pool.deliver(letters))
        assert verdicts(outcomes) == {
            "slow 1": ("sent", ""),
            "slow 2": ("held", "throttled"),
            "fast": ("sent", ""),
        }
        held = next(one for one in outcomes if one.envelope.key == "slow 2").result.recipients[0]
        assert 3500 < held.retry_after <= 3600
        assert not held.account_trouble
        assert pool.trouble is None


def test_a_defect_in_opening_a_session_leaves_nothing_in_doubt(account_of, letter, caplog):
    """A function of the caller may open sessions: whatever it raises, nothing was sent."""

    def broken():
        raise ValueError("a defect")

    with MailServer() as server:
        with SessionPool(account_of(server, sessions=4), open_session=broken) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 5)))
    assert outcomes == {number: ("held", "defect") for number in range(5)}
    assert caplog.text.count("Traceback") == 1


def test_a_defect_of_a_session_leaves_nobody_waiting(account_of, letter, caplog):
    class Broken(Session):
        def send(self, envelope):
            if envelope.key == 1:
                raise AttributeError("a defect")
            return super().send(envelope)

    with MailServer() as server:
        account = account_of(server, sessions=1)
        with SessionPool(account, open_session=lambda: Broken.open(account)) as pool:
            outcomes = verdicts(pool.deliver(numbered(letter, 3)))
    assert outcomes == {0: ("sent", ""), 1: ("in_doubt", "crashed"), 2: ("sent", "")}
    assert "a defect" in caplog.text
