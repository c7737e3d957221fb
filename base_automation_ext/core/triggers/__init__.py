"""Triggers: one file each. Importing this package registers them all."""

from . import field_change, stock, update
from .registry import all_triggers, keys_hearing, register, trigger_class
