"""Print one confirmation from the event to what arrived."""

from .evidence import seconds_after, subject

WIDTH = 46


def show(confirmation, evidence):
    """Print the timeline of one event."""
    print(f"\n{confirmation.order} · {confirmation.customer}")
    event = f"{confirmation.user} confirms ({confirmation.before} → {evidence.order_state})"
    line("event", event, confirmation.seconds * 1000)
    for run in evidence.runs:
        show_run(run)
    for summary, user in evidence.activities:
        line("created", f"activity “{summary}” for {user}")
    for message in evidence.arrived:
        text = f"“{subject(message)}” → {message['X-RcptTo']}"
        delay = seconds_after(message, confirmation.at)
        line("arrived", f"{text}, {delay:.2f} s after the commit")


def show_run(run, started_by="rule"):
    """Print one execution of an action with its steps, and what started it."""
    line(started_by, f"{run.origin}: run {run.id}, {run.state}", run.milliseconds, run.sql)
    for step in run.steps:
        show_step(step)


def show_step(step):
    """Print one action of a run, indented by its depth in the tree."""
    depth = step.path.count("/") if step.path else 0
    text = f"{'  ' * depth}{step.name} [{step.type}]: {step.state}"
    line("action", text, step.milliseconds, step.sql)
    for message in step.messages:
        line("", f"{'  ' * depth}  {message}")


def heading(text):
    """Print a headline."""
    print(f"\n{text}\n{'─' * len(text)}")


def line(kind, text, milliseconds=None, sql=None):
    """Print one event, and what it cost if that was measured."""
    duration = "" if milliseconds is None else f"{milliseconds:8.1f} ms"
    statements = "" if sql is None else f"{sql:4d} SQL"
    print(f"  {kind:<8} {text:<{WIDTH}} {duration} {statements}".rstrip())
