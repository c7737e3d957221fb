"""What an activity says and what its kind makes of it."""

from __future__ import annotations

from collections.abc import Iterator

from ..constants import DUMMY, FUNCTION, STOPALL, SUBFLOW
from ..graph import Graph
from .problem import ERROR, WARNING, Problem, problem


def subflows(graph: Graph) -> Iterator[Problem]:
    """A subflow needs a definition to start, and does not run actions of its own (2.5)."""
    for activity in graph.activities:
        if activity.kind != SUBFLOW:
            continue
        if activity.subflow is None:
            message = "it is a subflow, but no workflow is set; choose one, or another kind"
            yield problem(graph, ERROR, "no_subflow", message, activity)
        if activity.action_id is not None:
            message = "a subflow runs no server action; put it on an activity before or behind"
            yield problem(graph, WARNING, "ignored_action", message, activity)


def idle(graph: Graph) -> Iterator[Problem]:
    """Texts and actions the kind never runs (R13)."""
    for activity in graph.activities:
        if activity.kind == DUMMY and activity.code:
            message = "a dummy runs no code; make it a function"
            yield problem(graph, WARNING, "ignored_code", message, activity)
        if activity.kind == FUNCTION and not activity.code and activity.action_id is None:
            message = "a function without code and server action does nothing; make it a dummy"
            yield problem(graph, WARNING, "empty_function", message, activity)
        if activity.kind == STOPALL and activity.action_id is not None:
            if not graph.rules.stopall_acts:
                message = "in this profile a stopall does not run its server action"
                yield problem(graph, WARNING, "ignored_action", message, activity)


def models(graph: Graph) -> Iterator[Problem]:
    """R14 (B15): a server action of another model would work on a record that is not meant."""
    severity = ERROR if graph.rules.stopall_acts else WARNING
    for activity in graph.activities:
        model = activity.action_model
        if activity.action_id is not None and model and model != graph.model:
            message = f"its server action is for {model}, the workflow for {graph.model}"
            yield problem(graph, severity, "other_model", message, activity)


def transitions(graph: Graph) -> Iterator[Problem]:
    """Arrows that cannot mean what they say."""
    for edge in graph.transitions:
        if edge.timer is not None and edge.signal:
            message = "it has a timer and a signal; only the timer counts. Make it two transitions"
            yield problem(graph, WARNING, "timer_and_signal", message, edge)
        if bool(edge.trigger_model) != bool(edge.trigger_expr):
            message = "a trigger needs both a model and an expression for its records"
            yield problem(graph, WARNING, "half_trigger", message, edge)
