"""The checks of `make demo`: each missing fact is found and named."""

import mailbox
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from demoing import rule
from demoing.checks import Checks, check_confirmation
from demoing.evidence import Evidence, Run, Step
from demoing.post_office import read_inbox
from demoing.scenes import workflow
from demoing.story import Confirmation

CONFIRMATION = Confirmation(7, "S00007", "Ada", "Admin", "draft", seconds=0.1, at=0.0)


def new_mail(recipient="ada@example.com", subject="Order S00007 is confirmed"):
    """Return an e-mail as the server keeps it."""
    message = EmailMessage()
    message["Message-Id"], message["Subject"] = "<1@demo>", subject
    message["X-RcptTo"] = recipient
    return message


def new_step(name, state="done"):
    """Return a step of the run."""
    return Step("", name, "multi", state, 1, 1.0, 1, [], [])


def new_run(state="done", origin=rule.RULE_NAME, steps=None):
    """Return the run of the rule."""
    names = [rule.ACTION_NAME, rule.CREATE_NAME, rule.MAIL_NAME]
    return Run(1, state, origin, 1.0, 1, steps or [new_step(name) for name in names])


def evidence(**changes):
    """Return what a good confirmation leaves, with changes."""
    values = {
        "order_state": "sale",
        "customer_email": "ada@example.com",
        "runs": [new_run()],
        "activities": [("Call Ada about S00007", "Admin")],
        "queued": [("sent", "<1@demo>")],
        "arrived": [new_mail()],
    }
    return Evidence(**{**values, **changes})


def missing(found):
    """Return what the checks miss."""
    checks = Checks()
    check_confirmation(checks, CONFIRMATION, found)
    return checks.missing


def test_good_evidence_is_accepted():
    """Nothing is missed when everything is there."""
    assert missing(evidence()) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"order_state": "draft"}, "is a sales order"),
        ({"runs": []}, "one run of"),
        ({"runs": [new_run(), new_run()]}, "one run of"),
        ({"runs": [new_run(state="failed")]}, "is done"),
        ({"runs": [new_run(origin="")]}, "names the rule"),
        ({"runs": [new_run(steps=[new_step(rule.ACTION_NAME)])]}, "has the steps"),
        ({"activities": []}, "has one activity"),
        ({"queued": [("outgoing", "<1@demo>")]}, "marked as sent"),
        ({"arrived": []}, "arrived"),
        ({"arrived": [new_mail(), new_mail()]}, "arrived"),
        ({"arrived": [new_mail(recipient="eve@example.com")]}, "went to"),
        ({"arrived": [new_mail(subject="Hello")]}, "its subject"),
    ],
)
def test_each_missing_fact_is_named(changes, named):
    """One thing wrong is one line that says what should be there."""
    found = missing(evidence(**changes))
    assert len(found) == 1 and named in found[0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda log: log.pop(), "line 7 is ('join', 'Approved', 'price', 'admin') (found None)"),
        (lambda log: log.append(log[0]), "line 8 is None"),
        (lambda log: log[6].update(user="demo"), "line 7"),
        (lambda log: log[4].update(event="move"), "line 5 is ('refused'"),
    ],
)
def test_each_line_of_the_way_is_compared(change, named):
    """What the workflow's log lacks, has too much or says otherwise is named; else nothing is."""
    way, checks = workflow.WAYS[0], Checks()
    log = [dict(zip(("event", "activity", "signal", "user"), hop, strict=True)) for hop in way]
    workflow.check_way(checks, "S00007", log, way)
    assert checks.missing == []
    change(log)
    workflow.check_way(checks, "S00007", log, way)
    assert len(checks.missing) == 1 and named in checks.missing[0]


def test_exit_code_tells_of_missing_facts(capsys):
    """The demo ends with 1 and lists what it could not read back."""
    checks = Checks()
    checks.claim(True, "water is wet")
    assert checks.report() == 0
    checks.claim(False, "the e-mail arrived")
    assert checks.report() == 1
    assert "MISSING: 1 of 2" in capsys.readouterr().out


def test_inbox_is_read_in_order_of_arrival(tmp_path):
    """A mail server that has stored nothing yet has an empty inbox."""
    folder = tmp_path / "inbox"
    assert read_inbox(folder) == []
    box = mailbox.Maildir(folder)
    for moment, subject in ((20, "second"), (10, "first")):
        message = mailbox.MaildirMessage(new_mail(subject=subject))
        message.set_date(moment)
        box.add(message)
    assert [message["Subject"] for message in read_inbox(folder)] == ["first", "second"]
