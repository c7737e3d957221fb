"""How what is known of messages is kept; see the engine's module of the same name."""

from odoo.addons.server_action_engine.models import keeping


class _Messages:
    table = "sms_sms"
    message_locks, account_locks = 0x736D7373, 0x736D6777


class Committing(_Messages, keeping.Committing):
    """Commits before and after each block of messages."""


class Within(_Messages, keeping.Within):
    """Commits nothing."""
