"""What else the engine does, one short scene per file: TITLE and play(session, verdict)."""

from . import dry_run, everyday_rules, isolated, loop, retried, timed_rules, workflow

SCENES = (dry_run, loop, isolated, retried, everyday_rules, timed_rules, workflow)
