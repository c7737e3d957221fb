"""Which settings of a plan go together. The texts are marked here and translated by the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..triggers.base import _lt
from .errors import DuePlanError
from .units import CALENDAR_MONTHS, FIXED_MINUTES, UNITS, WORKABLE

if TYPE_CHECKING:
    from .plan import DuePlan

#: More often a rule is no reminder but a schedule, and each look has to search that far back.
MOST_TIMES = 1000


def check(plan: DuePlan) -> None:
    """Raise the first problem of a plan.

    :raises DuePlanError: with a text for the author of the rule
    """
    others = {step.unit for step in plan.steps}
    if plan.every:
        others.add(plan.every_unit)
    units = others | {plan.unit}
    problems = (
        (not units <= set(UNITS), _lt("Choose a unit of time.")),
        (plan.number < 0, _lt("The delay has to be 0 or more; “Before” turns it around.")),
        (
            plan.at is not None and plan.unit in FIXED_MINUTES,
            _lt(
                "A time of day does not go together with a delay in minutes or hours. Choose days, "
                "weeks, months or years, or remove the time of day."
            ),
        ),
        (
            plan.last_day and plan.unit not in CALENDAR_MONTHS,
            _lt("The last day of the month goes with a delay in months or years."),
        ),
        (
            plan.last_day and not others <= set(CALENDAR_MONTHS),
            _lt("With the last day of the month, repetitions and steps are in months or years."),
        ),
        (
            plan.working and plan.unit not in WORKABLE,
            _lt(
                "Working time is counted in minutes, hours or days, not in weeks, months or years."
            ),
        ),
        *_problems_of_recurrence(plan),
        *_problems_of_steps(plan),
    )
    for is_wrong, text in problems:
        if is_wrong:
            raise DuePlanError(text)


def _problems_of_recurrence(plan: DuePlan) -> tuple[tuple[bool, str], ...]:
    return (
        (plan.every < 0, _lt("The time between two repetitions has to be 1 or more.")),
        (
            bool(plan.every) and not 1 <= plan.times <= MOST_TIMES,
            _lt("Say how often the rule repeats at most: between 1 and 1000 times."),
        ),
    )


def _problems_of_steps(plan: DuePlan) -> tuple[tuple[bool, str], ...]:
    return (
        (
            any(step.number < 0 for step in plan.steps),
            _lt("The delay of a step has to be 0 or more."),
        ),
        (
            plan.working and any(step.unit not in WORKABLE for step in plan.steps),
            _lt("With working time, steps too are counted in minutes, hours or days."),
        ),
        (
            plan.at is not None and any(step.unit in FIXED_MINUTES for step in plan.steps),
            _lt("With a time of day, steps too are counted in days, weeks, months or years."),
        ),
    )
