"""Words that are stored or shown; nothing else spells them."""

from __future__ import annotations

from typing import Final

# Profiles of a version.
OPENERP: Final = "openerp"
STRICT: Final = "strict"

# Kinds of activities.
DUMMY: Final = "dummy"
FUNCTION: Final = "function"
SUBFLOW: Final = "subflow"
STOPALL: Final = "stopall"
KINDS: Final = (DUMMY, FUNCTION, SUBFLOW, STOPALL)

# Splits and joins.
XOR: Final = "XOR"
OR: Final = "OR"
AND: Final = "AND"
SPLITS: Final = (XOR, OR, AND)
JOINS: Final = (XOR, AND)

# What a second crossing of one arrow before an AND join fires does.
COLLAPSE: Final = "collapse"
COUNT: Final = "count"

# What a failing action or condition does.
RAISE: Final = "raise"
INCIDENT: Final = "incident"

# States of tokens (workitems).
ACTIVE: Final = "active"
"""Of a token: it has arrived, its activity has not run. Of an instance: it is under way."""
RUNNING: Final = "running"
"""Its action runs, or it waits for its child instance."""
COMPLETE: Final = "complete"
ERROR: Final = "error"
"""Its activity failed and waits for a retry."""
BLOCKED: Final = "blocked"
"""Its activity is done, a condition behind it failed; every event tries again."""

# States of instances, beside ACTIVE and COMPLETE.
STUCK: Final = "incident"
"""No token is left and no stop activity was reached (strict profile)."""
CANCELLED: Final = "cancelled"

SUBFLOW_PREFIX: Final = "subflow."
SUBFLOW_DELETED: Final = "subflow.deleted"

# Why a signal did nothing; the first that applies is the reason of the refusal.
NO_INSTANCE: Final = "no_instance"
INACTIVE: Final = "inactive"
ROLE: Final = "role"
CONDITION: Final = "condition"
SPLIT: Final = "split"
"""An AND split was left by nobody: other transitions did not pass, or all are marked already."""
PRIORITY: Final = "priority"
"""An XOR split took a transition that comes earlier."""
BUSY: Final = "busy"
"""The token waits for a subflow, for its action or for a retry."""
NO_TOKEN: Final = "no_token"  # noqa: S105 - of a workflow, no password
REFUSALS: Final = (
    NO_INSTANCE, INACTIVE, ROLE, CONDITION, SPLIT, PRIORITY, BUSY, NO_TOKEN,
)  # fmt: skip
