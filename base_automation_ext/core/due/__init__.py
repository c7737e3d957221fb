"""When a timed rule is due: from the value of a date field to moments, and back to a range."""

from .bounds import Range, bounds, hull, ranges
from .errors import DuePlanError
from .inner import inner_days, inner_ranges
from .plan import DuePlan, Occurrence, Step
from .working import Working, WorkingTime

__all__ = [
    "DuePlan",
    "DuePlanError",
    "Occurrence",
    "Range",
    "Step",
    "Working",
    "WorkingTime",
    "bounds",
    "hull",
    "inner_days",
    "inner_ranges",
    "ranges",
]
