"""Errors of the workflow engine, leaves of the action engine's tree.

::

    ConfigurationError (server_action_engine)
    └── WorkflowError           the definition has to be changed
        ├── DefinitionError     a definition cannot be used as it is
        ├── PublishedError      a published version was changed
        ├── ActivityError       the action of an activity failed, and its policy is to raise
        ├── TransitionError     the condition of a transition failed, and the policy is to raise
        └── StepLimitError      one event went through too many activities (also a LoopGuardError)

    ProtocolError               the caller of the core broke its contract: a bug, no configuration
"""

from __future__ import annotations

from collections.abc import Sequence

from odoo.addons.server_action_engine.core.errors import ConfigurationError, LoopGuardError


# The base classes belong to another addon: mypy sees Odoo's namespace as untyped.
class WorkflowError(ConfigurationError):  # type: ignore[misc]
    """The author of a definition has to change it.

    :param place: where in which definition, as :meth:`~.graph.Graph.place` says it
    :param instance: id of the instance, None if the definition itself is wrong
    """

    def __init__(self, message: str, place: str = "", instance: int | None = None) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.instance = instance
        self.reason = message


class DefinitionError(WorkflowError):
    """A definition cannot be used as it is."""


class PublishedError(WorkflowError):
    """A published version differs from what was published."""


class ActivityError(WorkflowError):
    """The action of an activity failed."""


class TransitionError(WorkflowError):
    """The condition of a transition failed."""


class StepLimitError(WorkflowError, LoopGuardError):  # type: ignore[misc]
    """One event went through more activities than allowed (R2, B10).

    :param chain: names of the activities of the cycle, or the last ones of a long chain
    """

    def __init__(self, message: str, place: str, instance: int, chain: Sequence[str]) -> None:
        WorkflowError.__init__(self, message, place, instance)
        self.chain = tuple(chain)


class ProtocolError(Exception):
    """A request was not answered, or not for everything it asked."""
