"""All tokens of an instance meet one event (2.4)."""

from __future__ import annotations

from collections.abc import Iterable

from ..case import Case
from ..rows import REFUSED
from ..token import Token
from .ask import Deliver, Frame
from .process import process
from .pulse import Pulse
from .strand import Strand


def sweep(
    strand: Strand,
    case: Case,
    pulse: Pulse,
    *,
    recheck: bool = True,
    tokens: Iterable[Token] | None = None,
) -> Frame:
    """Process the tokens that are there now, the oldest first; those that arrive are not asked.

    :param recheck: R5: skip a token that an earlier one has removed. The old engine did so for
        signals only; otherwise it processed its copy, and the token rose again (B2)
    """
    copies = [(one, one.state) for one in (case.tokens.values() if tokens is None else tokens)]
    for token, state in copies:
        if case.gone or (recheck and not token.alive):
            continue
        yield process(strand, token, token.state if recheck else state, pulse)
        if case.queue:
            yield from drain(strand, case)


def drain(strand: Strand, case: Case) -> Frame:
    """R3: handle what was raised on the instance by its own work, in the order it was raised."""
    while case.queue:
        event, actor = case.queue.popleft()
        yield Deliver(case, event, actor, inside=True)


def settle(strand: Strand, case: Case, event: object, pulse: Pulse) -> None:
    """Say what came of a signal (R11)."""
    refusal = pulse.refusal()
    if refusal is not None:
        case.world.log(REFUSED, case, pulse.actor.uid, signal=pulse.signal, reason=refusal.reason)
    if event is strand.outcome.event:
        strand.outcome.accepted = pulse.crossed
        strand.outcome.refusal = refusal
