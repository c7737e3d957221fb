"""What the database and the mail server say about one confirmation, read anew."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.header import decode_header, make_header
from email.message import Message


@dataclass
class Step:
    """One line of the run log."""

    path: str
    name: str
    type: str
    state: str
    records: int
    milliseconds: float
    sql: int
    created: list[tuple[str, int]]
    messages: list[str]


@dataclass
class Run:
    """One execution of the rule's action."""

    id: int
    state: str
    origin: str
    milliseconds: float
    sql: int
    steps: list[Step]


@dataclass
class Evidence:
    """Everything found about one order."""

    order_state: str
    customer_email: str
    runs: list[Run] = field(default_factory=list)
    activities: list[tuple[str, str]] = field(default_factory=list)
    """(summary, responsible user) of the activities that the run says it created."""
    queued: list[tuple[str, str]] = field(default_factory=list)
    """(state, Message-Id) of the order's e-mails in Odoo's queue."""
    arrived: list[Message] = field(default_factory=list)
    """The order's e-mails as the mail server received them."""


def collect(session, confirmation, action_id, inbox):
    """Read all traces of a confirmation on a fresh cursor, and its e-mails from the inbox."""
    with session.transaction() as env:
        order = env["sale.order"].browse(confirmation.order_id)
        evidence = Evidence(order.state, order.partner_id.email_normalized)
        evidence.runs = [read_run(run) for run in runs_of(env, action_id, order)]
        created = env["mail.activity"].browse(created_ids(evidence.runs, "mail.activity")).exists()
        on_order = created & order.activity_ids
        evidence.activities = [(activity.summary, activity.user_id.name) for activity in on_order]
        mails = env["mail.mail"].search([("model", "=", order._name), ("res_id", "=", order.id)])
        evidence.queued = [(mail.state, mail.message_id) for mail in mails]
    identifiers = {message_id for _state, message_id in evidence.queued}
    evidence.arrived = [message for message in inbox if message["Message-Id"] in identifiers]
    return evidence


def created_ids(runs, model):
    """Return the ids of the records of a model that runs say they created."""
    steps = [step for run in runs for step in run.steps]
    return [res_id for step in steps for name, res_id in step.created if name == model]


def runs_of(env, action_id, record):
    """Return the runs of an action that worked on a record, oldest first."""
    domain = [("action_id", "=", action_id), ("model", "=", record._name)]
    return env["server.action.run"].search([*domain, ("record_id", "=", record.id)], order="id")


def read_run(run):
    """Copy a run and its steps out of the ORM."""
    steps = [
        Step(
            path=step.path or "",
            name=step.action_name,
            type=step.action_type,
            state=step.state,
            records=step.record_count,
            milliseconds=step.duration_ms,
            sql=step.sql_count,
            created=[(model, res_id) for model, res_id in step.created or []],
            messages=step.messages or [],
        )
        for step in run.step_ids
    ]
    origin = run.origin_name or ""
    return Run(run.id, run.state, origin, run.duration_ms, run.sql_count, steps)


def subject(message):
    """Return the decoded subject of an e-mail."""
    return str(make_header(decode_header(message["Subject"])))


def seconds_after(message, posix_time):
    """Return how long after a moment the mail server stored a message."""
    # The Maildir keeps the time of arrival as the file's time; `get_date` of the stdlib reads it.
    arrival = datetime.fromtimestamp(message.get_date(), timezone.utc)
    return arrival.timestamp() - posix_time
