"""What else the engine does, one short scene per file: TITLE and play(session, verdict)."""

from . import (
    dry_run,
    email_tls,
    everyday_rules,
    isolated,
    loop,
    retried,
    sms,
    timed_rules,
    workflow,
)

SCENES = (
    *(dry_run, loop, isolated, retried, email_tls),
    *(everyday_rules, timed_rules, workflow, sms),
)
