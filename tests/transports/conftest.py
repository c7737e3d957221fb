"""Transport tests import transports and core without Odoo; see ``tests/pure_addons.py``."""

import pure_addons

pure_addons.install()
