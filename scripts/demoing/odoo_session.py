"""Odoo inside this process: configuration, registry, cursors."""

import contextlib
import logging


class OdooSession:
    """One database of one configuration file, opened without the web server."""

    def __init__(self, config_file, database):
        from odoo.tools import config  # only the environment's own Python has Odoo

        config.parse_config(["-c", config_file, "-d", database, "--no-http"])
        logging.getLogger("odoo").setLevel(logging.WARNING)
        # Odoo's own use of its libraries; nothing a reader of the demo could change.
        logging.getLogger("py.warnings").setLevel(logging.ERROR)
        from odoo.modules.registry import Registry

        self.registry = Registry(database)

    @contextlib.contextmanager
    def transaction(self, login="__system__"):
        """Yield an environment of that user on a fresh cursor, committed at the end."""
        from odoo import SUPERUSER_ID, api

        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if login != "__system__":
                user = env["res.users"].search([("login", "=", login)])
                env = api.Environment(cr, user.id, user.context_get())
            yield env
