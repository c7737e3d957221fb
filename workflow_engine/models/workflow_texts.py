"""Checks of the texts of a definition against this database, before it is published."""

import ast

from odoo.fields import Domain

from odoo.addons.server_action_engine.core.expression import compile_source
from odoo.addons.server_action_engine.models.evaluation import check_code

from ..core.texts import lines_of
from ..core.validation.problem import ERROR, problem


def text_problems(env, graph):
    """Return what is wrong with models, code, conditions and filters."""
    if graph.model not in env:
        message = env._("there is no model “%(model)s”", model=graph.model)
        return [problem(graph, ERROR, "no_model", message)]
    found = []
    for activity in graph.activities:
        found += _code_problems(env, graph, activity, activity.code)
    for edge in graph.transitions:
        found += _code_problems(env, graph, edge, edge.condition)
        found += _domain_problems(env, graph, edge)
        found += _trigger_problems(env, graph, edge)
        if edge.timer is not None and edge.timer.delay.startswith("date"):
            found += _code_problems(env, graph, edge, edge.timer.delay[5:])
    return found


def _code_problems(env, graph, element, text):
    for line in lines_of(text):
        try:
            compile_source(line, "eval", check_code)
        except (SyntaxError, TypeError, ValueError, NameError) as exc:
            reason = exc.msg if isinstance(exc, SyntaxError) else str(exc)
            message = env._("“%(line)s” cannot be evaluated: %(reason)s", line=line, reason=reason)
            yield problem(graph, ERROR, "bad_code", message, element)


def _domain_problems(env, graph, edge):
    if not edge.domain:
        return
    try:
        Domain(ast.literal_eval(edge.domain)).validate(env[graph.model])
    except (SyntaxError, ValueError, TypeError, KeyError) as exc:
        message = env._(
            "its filter %(filter)s cannot be used: %(reason)s", filter=edge.domain, reason=str(exc)
        )
        yield problem(graph, ERROR, "bad_domain", message, edge)


def _trigger_problems(env, graph, edge):
    if edge.trigger_model and edge.trigger_model not in env:
        message = env._("there is no model “%(model)s”", model=edge.trigger_model)
        yield problem(graph, ERROR, "no_trigger_model", message, edge)
    yield from _code_problems(env, graph, edge, edge.trigger_expr)
