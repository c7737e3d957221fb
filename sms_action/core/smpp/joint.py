"""The outcome of a message from those of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..outcome import Fate, Outcome, accepted, in_doubt


def joint_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what became of a message whose parts were submitted one by one.

    Accepted only when every part is. A part in doubt leaves the message in doubt, a part that is
    refused for good makes it fail: no phone shows the rest. Where some were taken and others were
    surely not sent, it is in doubt as well: a second attempt would send the first ones again.

    The ids of parts are told for accepted messages only: reports about a part of a message that
    never was complete say nothing about the message.

    :param outcomes: of each part, in order
    :raises ValueError: without parts
    """
    if not outcomes:
        raise ValueError("a message has at least one part")
    if len(outcomes) == 1:
        return outcomes[0]
    taken = [one for one in outcomes if one.fate is Fate.ACCEPTED]
    if len(taken) == len(outcomes):
        return accepted(*(id_ for one in outcomes for id_ in one.provider_ids))
    worst = min((one for one in outcomes if one not in taken), key=_worst_first)
    if not taken or worst.fate is Fate.IN_DOUBT:
        return worst
    said = f"{len(taken)} of {len(outcomes)} parts were accepted. {worst.message}"
    if worst.fate is Fate.FAILED:
        return replace(worst, message=said)
    return in_doubt("partly", said, worst.code)


def _worst_first(outcome: Outcome) -> int:
    return (Fate.IN_DOUBT, Fate.FAILED, Fate.GATEWAY, Fate.RETRY).index(outcome.fate)
