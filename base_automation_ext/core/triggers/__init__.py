"""Triggers: one file each. Importing this package registers them all."""

from . import activity, button, failure, field_change, mail, schedule, stock, update
from .registry import all_triggers, keys_hearing, register, trigger_class
