"""What can be wrong with a plan."""

from __future__ import annotations

from odoo.addons.server_action_engine.core.errors import ConfigurationError


class DuePlanError(ConfigurationError):  # type: ignore[misc]  # typed elsewhere
    """The settings of a timed rule contradict each other; the message says what to change."""
