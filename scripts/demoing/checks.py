"""Compare what the timeline claims with what was read back."""

from . import rule
from .evidence import subject


class Checks:
    """Collects claims; `report` says which of them do not hold."""

    def __init__(self):
        self.count = 0
        self.missing = []

    def claim(self, holds, text):
        """Note one claim; `text` says what should be there."""
        self.count += 1
        if not holds:
            self.missing.append(text)

    def report(self):
        """Print the verdict; returns the exit code."""
        if self.missing:
            print(f"\nMISSING: {len(self.missing)} of {self.count} facts could not be read back:")
            for text in self.missing:
                print(f"  - {text}")
            return 1
        where = "from the database and the mail server"
        print(f"\nAll {self.count} facts shown above were read back {where}.")
        return 0


def check_confirmation(checks, confirmation, evidence):
    """State everything that must be true after one confirmation."""
    name = confirmation.order
    checks.claim(evidence.order_state == "sale", f"{name} is a sales order")
    check_run(checks, name, evidence.runs)
    summary = f"Call {confirmation.customer} about {name}"
    found = [text for text, _user in evidence.activities].count(summary)
    checks.claim(found == 1, f"{name} has one activity “{summary}” (found {found})")
    check_mail(checks, name, evidence)


def check_run(checks, name, runs):
    """One run, done, with a step for the multi action and one for each of its children."""
    checks.claim(len(runs) == 1, f"one run of “{rule.ACTION_NAME}” for {name} (found {len(runs)})")
    for run in runs:
        checks.claim(run.state == "done", f"run {run.id} for {name} is done (it is {run.state})")
        checks.claim(run.origin == rule.RULE_NAME, f"run {run.id} names the rule (“{run.origin}”)")
        steps = [(step.name, step.state) for step in run.steps]
        wanted = [rule.ACTION_NAME, rule.CREATE_NAME, rule.MAIL_NAME]
        expected = [(action, "done") for action in wanted]
        checks.claim(steps == expected, f"run {run.id} has the steps {wanted} (found {steps})")


def check_mail(checks, name, evidence):
    """One e-mail, sent by Odoo, received by the server for the right address."""
    states = [state for state, _message_id in evidence.queued]
    checks.claim(states == ["sent"], f"one e-mail for {name} is marked as sent (found {states})")
    found = len(evidence.arrived)
    checks.claim(found == 1, f"one e-mail for {name} arrived (found {found})")
    for message in evidence.arrived:
        envelope = (message["X-RcptTo"] or "").lower()
        wanted = (evidence.customer_email or "").lower()
        checks.claim(envelope == wanted, f"the e-mail for {name} went to {wanted} (not {envelope})")
        text = subject(message)
        expected = f"Order {name} is confirmed"
        checks.claim(text == expected, f"its subject is “{expected}” (not “{text}”)")
