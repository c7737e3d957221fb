"""The expressions of definitions: their names are fields and methods of the record."""

from psycopg2 import Error as DatabaseError
from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import safe_eval

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error
from odoo.addons.server_action_engine.core.expression import compile_source
from odoo.addons.server_action_engine.models.evaluation import _BUILTINS, check_code

from ..core.texts import lines_of, names_of
from .workflow_names import NAMES, RUN_NAMES


class WorkflowEngine(models.AbstractModel):
    _inherit = "workflow.engine"

    @api.model
    def _evaluate_lines(self, text, record, run_names):
        """Evaluate the expressions of a text on a record; the last one's value is the result.

        :param run_names: function that gives ``workflow``, ``instance`` and ``token``
        :raises Exception: whatever an expression raises
        """
        value = None
        for line in lines_of(text):
            code = compile_source(line, "eval", check_code)
            names = {"__builtins__": _BUILTINS.copy()}
            wanted = names_of(line)
            if wanted & RUN_NAMES:
                names.update(run_names())
            for name in wanted:
                self._bind(names, name, record)
            # A plain dict of globals: comprehensions see them as well.
            value = safe_eval.unsafe_eval(code, names, None)
        return value

    @api.model
    def _bind(self, names, name, record):
        """Give a name its meaning: fields and methods of the record win (2.2)."""
        if name in record._fields:
            names[name] = record[name]
        elif name in NAMES and not hasattr(type(record), name):
            names[name] = NAMES[name](record)
        elif name not in names and not name.startswith("_") and hasattr(record, name):
            names[name] = getattr(record, name)

    @api.model
    def _reraise(self, exc, error_class, place):
        """Raise an error that says where in which definition it happened.

        What Odoo retries by itself passes untouched; errors for users keep their class.
        """
        if is_retryable_db_error(exc) or isinstance(exc, (RedirectWarning, ReadOnlySqlTransaction)):
            raise exc
        if isinstance(exc, UserError) and len(exc.args) == 1:
            try:
                named = type(exc)(f"{place}: {exc.args[0]}")
            except TypeError:
                raise exc from None
            raise named from exc
        raise error_class(self._describe(exc), place) from exc

    @api.model
    def _breaks_transaction(self, exc):
        """Tell whether no statement works any more after an error that no savepoint has undone."""
        return isinstance(exc, DatabaseError) or is_retryable_db_error(exc)

    @api.model
    def _describe(self, exc):
        if isinstance(exc, UserError):
            return str(exc.args[0])
        return f"{type(exc).__name__}: {exc}"
