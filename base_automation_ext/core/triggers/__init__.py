"""Triggers: one file each. Importing this package registers them all."""

from . import field_change, mail, stock, update
from .registry import all_triggers, keys_hearing, register, trigger_class
