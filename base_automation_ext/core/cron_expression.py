"""Cron expressions: read with the library ``cronsim``, explained in our own words when wrong."""

from __future__ import annotations

import re
from datetime import datetime, timezone, tzinfo

from cronsim import CronSim, CronSimError
from cronsim.explain import Expression

from odoo.addons.server_action_engine.core.errors import ConfigurationError

FIELDS = 5
#: Names of the fields as the library's messages have them, in their order in an expression.
FIELD_NAMES = ("minute", "hour", "day-of-month", "month", "day-of-week")
#: Common short forms of other cron programs (``man 5 crontab``).
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
#: Any moment: whether an expression can be read does not depend on it.
_EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)


class CronExpressionError(ConfigurationError):  # type: ignore[misc]  # typed elsewhere
    """A text is no cron expression.

    :param field: name of the wrong field, one of :data:`FIELD_NAMES`; "" when it is not one field
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def normalize(expression: str) -> str:
    """Return an expression of five fields that means the same.

    :raises CronExpressionError: it is none, or it never comes true
    """
    text = " ".join(expression.split())
    text = MACROS.get(text.lower(), text)
    if len(text.split(" ")) != FIELDS:
        raise CronExpressionError("A cron expression has five fields.")
    try:
        next(CronSim(text, _EPOCH))
    except CronSimError as exc:
        raise CronExpressionError(str(exc), _field_in(str(exc))) from exc
    except StopIteration as exc:
        raise CronExpressionError("There is no such day.", "day-of-month") from exc
    return text


def next_after(expression: str, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return the first moment after ``moment`` an expression names in a time zone.

    An hour that the clock skips is made up for when it is over; one that it repeats counts once,
    if the expression names certain hours; the same as Debian's cron does.

    :param expression: as returned by :func:`normalize`
    :param moment: naive UTC
    :returns: naive UTC; None if there is none within 50 years
    """
    start = moment.replace(tzinfo=timezone.utc)
    found: datetime
    for found in CronSim(expression, start.astimezone(zone)):
        # While an hour is repeated, the library also finds moments of its first round.
        if found.astimezone(timezone.utc) > start:
            return found.astimezone(timezone.utc).replace(tzinfo=None)
    return None


def explain(expression: str) -> str:
    """Return in English what a normalized expression says."""
    return str(Expression(["0", *expression.upper().split()]).explain())


def _field_in(message: str) -> str:
    found = re.search("|".join(sorted(FIELD_NAMES, key=len, reverse=True)), message)
    return found.group() if found else ""
