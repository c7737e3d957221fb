"""Parts of a definition: plain, frozen data. Conditions and code are never read here (B16).

``key`` names the same element in every version of a definition; ids are those of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from .constants import COLLAPSE, DUMMY, RAISE, XOR


@dataclass(frozen=True, slots=True)
class Activity:
    """A node."""

    id: int
    key: str
    name: str
    """Stop activities name the result of an instance: ``subflow.<name>``."""
    kind: str = DUMMY
    split_mode: str = XOR
    join_mode: str = XOR
    flow_start: bool = False
    flow_stop: bool = False
    code: str = ""
    """Lines of Python of a function or stopall; of a subflow: gives the record whose instance it
    waits for."""
    action_id: int | None = None
    """Server action that runs on the record."""
    action_model: str = ""
    """Model of that server action; R14 compares it."""
    subflow: int | None = None
    """Definition that a subflow starts or waits for."""
    subflow_version: int | None = None
    """Version it is pinned to; None for the published one."""
    signal_send: str = ""
    """Signal to the instances that wait for this one."""
    signal_broadcast: bool = False
    """R7: their other tokens receive it too, as an ordinary signal."""
    cancel_children: bool = False
    """R8: a stopall cancels the child instances of the tokens it removes."""
    on_error: str = RAISE
    mark_policy: str = COLLAPSE
    """Of an AND join: whether crossings of one arrow collapse or count."""
    state_value: str = ""
    """Value of the definition's state field once a token is here; empty: unchanged."""
    run_as: str = "current"
    """Whose rights apply to code and server action; read by whoever knows users, never here."""
    run_as_user: int | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """Makes a transition one that only time takes."""

    delay: str
    """When it is due; read by whoever has a clock and a calendar, never here."""
    interrupting: bool = True
    """Whether the token leaves; otherwise it stays and another one starts."""


@dataclass(frozen=True, slots=True)
class Transition:
    """An arrow."""

    id: int
    key: str
    source: int
    target: int
    sequence: int = 10
    """Priority among the arrows of an activity: ``(sequence, id)``, the smallest first."""
    signal: str = ""
    condition: str = ""
    group_ids: frozenset[int] = frozenset()
    """The user needs one of them; empty: nobody is asked."""
    role_id: int | None = None
    role_is_dynamic: bool = False
    """Whether the role names its users by an expression on the record."""
    trigger_model: str = ""
    trigger_expr: str = ""
    timer: Timer | None = None
    domain: str = ""
    """Filter the record has to match beside the condition; empty: none."""

    @property
    def is_guarded(self) -> bool:
        """Whether the condition has to be asked; the old engine short-cut ``True`` as well."""
        return bool(self.domain) or self.condition.strip() not in ("", "True")
