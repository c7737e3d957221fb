"""The names available to conditions, expressions and code, and their evaluation."""

import ast

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import safe_eval

from ..core.errors import BudgetExceededError, ExpressionError, is_retryable_db_error
from ..core.expression import (
    FORMAT_GUARD,
    SOURCE_NAME,
    compile_source,
    failing_line,
    guarded_format,
)
from ..core.frames import state_of

#: Errors which authors raise on purpose, or which the layers above have to see as they are.
_PASS_THROUGH = (*safe_eval._BUBBLEUP_EXCEPTIONS, BudgetExceededError)
_BUILTINS = {**safe_eval._BUILTINS, FORMAT_GUARD: guarded_format}


def check_code(code, source):
    """Apply the rules of Odoo's ``safe_eval`` to a code object.

    :raises ExpressionError: something that is not allowed is used
    """
    try:
        safe_eval.assert_valid_codeobj(safe_eval._SAFE_OPCODES, code, "source")
    except (NameError, ValueError) as exc:
        raise ExpressionError(str(exc)) from exc


class _Pool:
    """What ``pool`` is to code written for OpenERP: models by name."""

    __slots__ = ("_env",)

    def __init__(self, env):
        self._env = env

    def get(self, name):
        return self._env[name] if name in self._env else None

    __getitem__ = get


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        """Add the names of OpenERP and those of the engine to Odoo's."""
        names = super()._get_eval_context(action)
        if not action:
            return names
        env = names["env"]
        record = names.get("record")
        records = names.get("records")
        state = state_of(env.cr)
        names.update(
            object=record,
            obj=record,
            self=names["model"],
            ids=(records if records is not None else record if record else names["model"]).ids,
            pool=_Pool(env),
            cr=env.cr,
            context=env.context,
            ref=env.ref,
            Warning=UserError,
            log=action._logging_function(names["log"]),
        )
        names.setdefault("json", safe_eval.json)
        if state.current is not None:
            names.update(state.current.scratch.get("names", ()))
        return names

    def _logging_function(self, stock_log):
        """Return ``log`` as code sees it: Odoo's own, plus a line in the run log."""
        state = state_of(self.env.cr)

        def log(message, level="info"):
            frame = state.current
            if frame is not None:
                frame.messages.append(f"{level}: {message}")
            # Odoo writes its log line through a cursor of its own, which no savepoint undoes.
            if state.dry_run is None:
                stock_log(message, level)

        return log

    @api.model
    def _eval_scope(self, eval_context, record, **names):
        """Return the names for one record of a batch, in the batch's environment."""
        return {
            **eval_context,
            "record": record,
            "records": record,
            "object": record,
            "obj": record,
            "ids": record.ids,
            **names,
        }

    def _evaluate(self, source, names, mode="eval", what=None, is_checked=False):
        """Evaluate an expression or execute a block of code.

        :param source: Python text; compiled once per process
        :param names: dict of names; in mode ``exec`` it receives the variables the code sets
        :param mode: ``eval`` or ``exec``
        :param what: what the text is, for the error message ("condition")
        :param is_checked: the values of ``names`` have been checked, for another record
        :returns: the value of the expression; None in mode ``exec``
        :raises ExpressionError: the text does not compile or fails; names action and cause
        """
        if not is_checked:
            safe_eval.check_values(names)
        # Tracebacks of code name the action, as in stock Odoo; expressions are shared by content.
        filename = str(self) if mode == "exec" else SOURCE_NAME
        try:
            code = compile_source(source, mode, check_code, filename)
        except (SyntaxError, TypeError, ValueError, NameError) as exc:
            raise self._expression_error(exc, source, what, filename) from exc
        names["__builtins__"] = _BUILTINS.copy()
        try:
            # An empty dict of locals would make comprehensions blind to the names set here.
            return safe_eval.unsafe_eval(code, names, None)
        except _PASS_THROUGH:
            raise
        except Exception as exc:
            if is_retryable_db_error(exc):
                raise
            raise self._expression_error(exc, source, what, filename) from exc
        finally:
            del names["__builtins__"]

    def _expression_error(self, exc, source, what, filename=SOURCE_NAME):
        """Say which text of which action failed, where and why, without echoing all of it."""
        lines = source.strip().splitlines() or [""]
        line = failing_line(exc, filename)
        shown = lines[line - 1] if line and line <= len(lines) else lines[0]
        cause = str(exc) if isinstance(exc, ExpressionError) else f"{type(exc).__name__}: {exc}"
        return ExpressionError(
            self.env._(
                "The %(what)s of the action “%(action)s” failed at line %(line)s "
                "(%(text)s): %(cause)s",
                what=what or self.env._("code"),
                action=self.sudo().name or self.env._("new action"),
                line=line or 1,
                text=shown.strip()[:200],
                cause=cause,
            )
        )

    def _check_source(self, source, mode="eval"):
        """Return why ``source`` cannot be used, or an empty string."""
        try:
            compile_source(source, mode, check_code)
        except (SyntaxError, TypeError, ValueError, NameError) as exc:
            if isinstance(exc, SyntaxError):
                return self.env._("%(error)s at line %(line)s", error=exc.msg, line=exc.lineno or 1)
            return str(exc)
        return ""

    def _check_domain(self, source, model):
        """Return why a filter cannot be used on ``model``, or an empty string.

        What a filter with names in it yields is known only when the action runs.
        """
        if problem := self._check_source(source):
            return problem
        literal = self._literal(source)
        if literal is None:
            return ""
        try:
            Domain(literal).validate(model)
        except (ValueError, TypeError, KeyError) as exc:
            return str(exc)
        return ""

    @api.model
    def _literal(self, source):
        """Return the Python literal in ``source``, or None if it is not one."""
        try:
            return ast.literal_eval(source.strip())
        except (SyntaxError, ValueError):
            return None
