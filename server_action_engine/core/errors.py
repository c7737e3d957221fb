"""Errors of the action engine.

::

    EngineError
    ├── ConfigurationError      shown to the author; the action does not run
    │   ├── ExpressionError     an expression, condition or code block failed
    │   └── LoopGuardError      an action chain is too deep or too long
    ├── TransientError          retried with back-off (``retry_after`` seconds, if known)
    └── PermanentError          failed for good; shown and alerted
        └── BudgetExceededError the wall-clock budget of a run is used up

Anything else is a bug: it is logged with its traceback and the run is marked failed.
"""

from __future__ import annotations

from collections.abc import Sequence

#: PostgreSQL's answers which Odoo retries by itself (serialization failure, deadlock, lock not
#: available). They pass through the engine untouched. Source: PostgreSQL manual, appendix A.
RETRYABLE_PGCODES = frozenset({"40001", "40P01", "55P03"})


class EngineError(Exception):
    """Root of all errors the engine raises on purpose."""


class ConfigurationError(EngineError):
    """The author has to change the configuration; trying again does not help."""


class ExpressionError(ConfigurationError, ValueError):
    """A condition, expression or code block could not be compiled or evaluated.

    A ``ValueError`` too, because that is what callers of Odoo's ``safe_eval`` expect. The
    original exception is the ``__cause__``.
    """


class LoopGuardError(ConfigurationError):
    """An action chain went deeper or ran longer than allowed.

    :param chain: names of the running actions, outermost first
    """

    def __init__(self, message: str, chain: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.chain = tuple(chain)


class TransientError(EngineError):
    """A failure that is expected to go away.

    :param retry_after: seconds to wait before the next attempt, None if unknown
    """

    def __init__(self, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(EngineError):
    """A failure that the same input will always meet again."""


class BudgetExceededError(PermanentError):
    """A run took longer than its wall-clock budget."""


def is_retryable_db_error(exc: BaseException) -> bool:
    """Tell whether Odoo itself retries the transaction that raised ``exc``.

    Looks through ``__cause__`` and ``__context__``, since code may have wrapped the error.
    """
    seen: set[int] = set()
    current: BaseException | None = exc
    while current is not None and id(current) not in seen:
        if getattr(current, "pgcode", None) in RETRYABLE_PGCODES:
            return True
        seen.add(id(current))
        current = current.__cause__ or current.__context__
    return False


def root_cause(exc: BaseException) -> BaseException:
    """Return the error an author wants to read: the cause below the engine's own wrapper."""
    while isinstance(exc, ExpressionError) and exc.__cause__ is not None:
        exc = exc.__cause__
    return exc
