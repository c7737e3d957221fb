"""Triggers of automation rules that e-mail brings. Importing this package registers them."""

from odoo.addons.base_automation_ext.core.triggers import all_triggers

from . import delivery

__all__ = ["all_triggers", "delivery"]
