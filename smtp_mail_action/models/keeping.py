"""How what is known of deliveries is kept; see the engine's module of the same name."""

from odoo.addons.server_action_engine.models import keeping


class _Mails:
    table = "mail_mail"
    message_locks, account_locks = 0x6D61696C, 0x61636374


class Committing(_Mails, keeping.Committing):
    """Commits before and after each message."""


class Within(_Mails, keeping.Within):
    """Commits nothing."""
