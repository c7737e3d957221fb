"""Triggers of automation rules that workflows bring. Importing this package registers them."""

from odoo.addons.base_automation_ext.core.triggers import all_triggers

from . import workflow

__all__ = ["all_triggers", "workflow"]
