"""What reaches the tokens of an instance when something happens, and what they did with it."""

from __future__ import annotations

from ..case import Case
from ..constants import BUSY, NO_TOKEN, REFUSALS, RUNNING
from ..definition import Transition
from ..events import Actor, Refusal
from ..token import Token

# Reasons of the log.
SIGNAL = "signal"
STEP = "step"
TRIGGER = "trigger"
BEGIN = "start"
CHAIN = "chain"
"""The token had only just arrived."""
TIMER = "timer"
CHILD = "subflow"
SENT = "signal_send"
JUMPED = "jump"


class Pulse:
    """One look at tokens: by whom, with which signal, for what reason."""

    __slots__ = (
        "_chain", "actor", "child", "crossed", "failed", "forces_all", "memo", "misses", "only",
        "reason", "signal",
    )  # fmt: skip

    def __init__(
        self,
        actor: Actor,
        reason: str,
        signal: str = "",
        *,
        child: Case | None = None,
        forces_all: bool = False,
        only: bool = False,
    ) -> None:
        self.actor = actor
        self.reason = reason
        self.signal = signal
        self.child = child
        """R7: tokens that wait for it may leave although it has not finished."""
        self.forces_all = forces_all
        """B8: so may all others that are running."""
        self.only = only
        """R9: only transitions that name the signal may be taken."""
        self.crossed = False
        """Whether a transition that names the signal was taken."""
        self.failed = False
        """Whether a condition of the token that is being looked at failed."""
        self.misses: list[tuple[Transition, str]] = []
        self.memo: dict[int, bool] | None = None
        """Answers already known, while nothing changes."""
        self._chain: Pulse | None = None

    @property
    def chain(self) -> Pulse:
        """What reaches a token that has just arrived: no signal (2.5)."""
        if self._chain is None:
            self._chain = self if self.reason == CHAIN else Pulse(self.actor, CHAIN)
        return self._chain

    def forces(self, token: Token) -> bool:
        """Tell whether a running token may leave."""
        if token.state != RUNNING:
            return False
        return self.forces_all or (self.child is not None and token.child == self.child.id)

    def fits(self, edge: Transition) -> bool:
        """Tell whether the signal lets a transition pass (2.6)."""
        if edge.signal:
            return edge.signal == self.signal
        return not self.only

    def miss(self, edge: Transition, reason: str) -> None:
        """Remember why a transition that names the signal was not taken."""
        if self.signal and edge.signal == self.signal:
            self.misses.append((edge, reason))

    def busy(self, token: Token) -> None:
        """Remember that a token which would have taken the signal could not be asked."""
        for edge in token.node.outgoing:
            self.miss(edge, BUSY)

    def refusal(self) -> Refusal | None:
        """Return why nobody took the signal, None if somebody did."""
        if self.crossed or not self.signal:
            return None
        reasons = {reason for _edge, reason in self.misses}
        first = next((reason for reason in REFUSALS if reason in reasons), NO_TOKEN)
        return Refusal(first, tuple((edge.id, reason) for edge, reason in self.misses))
