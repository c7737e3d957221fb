"""Triggers: one file each. Importing this package registers them all."""

from . import (
    activity,
    button,
    computed_change,
    failure,
    field_change,
    line_change,
    mail,
    related_change,
    schedule,
    stock,
    update,
)
from .registry import all_triggers, keys_hearing, register, trigger_class
