"""Triggers of automation rules that SMS bring. Importing this package registers them."""

from odoo.addons.base_automation_ext.core.triggers import all_triggers

from . import sms

__all__ = ["all_triggers", "sms"]
