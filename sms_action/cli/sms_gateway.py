"""``odoo-bin sms_gateway -d DATABASE``: holds the sessions of the SMPP gateways of a database."""

import logging
import sys

from odoo.cli import Command
from odoo.tools import config

_logger = logging.getLogger(__name__)


class SmsGateway(Command):
    """Hold the SMPP sessions of the SMS gateways of a database: messages leave at once, delivery
    reports come in as they happen. Ends on SIGTERM, when what was sent has its answers.
    """

    name = "sms_gateway"

    def run(self, args):
        """Work until told to end."""
        config.parser.prog = self.prog
        # No web server, no scheduler: neither is started by this command.
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit(f"{self.prog}: name one database with -d; start a process for each.")
        from odoo.modules.registry import Registry
        from odoo.service.server import load_server_wide_modules

        load_server_wide_modules()

        if "sms.gateway" not in Registry(names[0]):
            sys.exit(f"{self.prog}: SMS Action (sms_action) is not installed in {names[0]}.")
        from odoo.addons.sms_action.process.supervisor import Supervisor

        Supervisor(names[0]).run()
