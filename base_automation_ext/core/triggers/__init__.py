"""Triggers: one file each. Importing this package registers them all."""

from . import computed_change, field_change, line_change, related_change, stock, update
from .registry import all_triggers, keys_hearing, register, trigger_class
