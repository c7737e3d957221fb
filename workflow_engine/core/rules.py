"""What the two profiles do differently: one switch per defect, named by what it does.

``openerp`` behaves as Odoo 8–10 did, with its crashes repaired: B3 (all results are kept), B5 (a
subflow on the same record), B10 (no recursion) are right in both profiles.
"""

from __future__ import annotations

from dataclasses import dataclass

from .constants import OPENERP, STRICT


@dataclass(frozen=True, slots=True)
class Rules:
    """Switches of a profile; the defaults are strict."""

    acting_is_running: bool = True
    """R4 (B1): the token of a dummy is running while its server action runs."""
    defers_nested: bool = True
    """R3 (B1): an event on an instance that is being processed waits for the end of its chain."""
    rechecks_steps: bool = True
    """R5 (B2): a token that an earlier one removed is skipped; Odoo 8 did so for signals only."""
    links_before_start: bool = True
    """R6 (B4): a child knows who waits for it before it starts, so its results arrive."""
    completes_empty: bool = False
    """B6: an instance without tokens counts as complete."""
    branch_may_die: bool = False
    """B6: a subflow whose code names no record ends its branch without a word."""
    forces_all: bool = False
    """B8: ``signal_send`` moves every running token, not only those that wait (R7)."""
    clears_marks: bool = True
    """R8 (B9): stopall and completion remove the marks; a stopall also ends open branches."""
    marks_every_crossing: bool = False
    """2.6: an AND split does not take an arrow again while what it led to is still at work."""
    tells_deleted: bool = True
    """R9 (B6): who waits for a deleted instance hears ``subflow.deleted``."""
    stopall_acts: bool = True
    """R13: a stopall runs its server action, too."""
    refreshes_watches: bool = True
    """R15 (B14): trigger rows are renewed each time a token does not leave, not only at entry."""
    triggers_once: bool = True
    """R15 (B14): an instance hears one trigger once, and a complete one not at all."""


RULES: dict[str, Rules] = {
    STRICT: Rules(),
    OPENERP: Rules(
        acting_is_running=False,
        defers_nested=False,
        rechecks_steps=False,
        links_before_start=False,
        completes_empty=True,
        branch_may_die=True,
        forces_all=True,
        clears_marks=False,
        marks_every_crossing=True,
        tells_deleted=False,
        stopall_acts=False,
        refreshes_watches=False,
        triggers_once=False,
    ),
}
