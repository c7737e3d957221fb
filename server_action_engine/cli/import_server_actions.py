"""``odoo-bin import_server_actions``: import server actions of OpenERP 5–10 data files."""

import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

EXIT_NOTHING_LEFT_OUT, EXIT_FAILED, EXIT_LEFT_OUT = 0, 1, 3


class ImportServerActions(Command):
    """Import the server actions of OpenERP 5–10 data files.

    Prints one line per remark: file, line, what happened, record, explanation. A file is imported
    wholly or not at all; importing it again updates the same actions.
    """

    name = "import_server_actions"
    epilog = "Exit code: 0 everything was taken over, 3 something was left out, 1 a file failed."

    def run(self, cmdargs):
        """Parse the arguments and import the files in their order."""
        arguments = self._arguments(cmdargs)
        options = ["--no-http"]
        if arguments.config:
            options += ["-c", arguments.config]
        options += ["-d", arguments.database] if arguments.database else []
        options += [f"--addons-path={arguments.addons_path}"] if arguments.addons_path else []
        config.parse_config(options, setup_logging=True)
        databases = config["db_name"]
        if len(databases) != 1:
            self.parser.error("name one database with -d")
        codes = [self._import_file(databases[0], path, arguments) for path in arguments.files]
        failed = EXIT_FAILED in codes
        sys.exit(EXIT_FAILED if failed else max(codes))

    def _arguments(self, cmdargs):
        parser = self.parser
        parser.add_argument("-c", "--config", help="configuration file")
        parser.add_argument("-d", "--database", help="database to import into")
        parser.add_argument("--addons-path", help="folders with addons")
        parser.add_argument(
            "--module", default="", help="first part of the external ids (__import_openerp__)"
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="a renamed model, field (model.field) or external id; may be repeated",
        )
        parser.add_argument("--map-file", type=Path, help="file with one OLD=NEW per line")
        parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        return parser.parse_args(cmdargs)

    def _import_file(self, database, path, arguments):
        from odoo.exceptions import UserError

        try:
            content = path.read_bytes()
            mapping = "\n".join(arguments.map)
            if arguments.map_file:
                mapping = f"{arguments.map_file.read_text(encoding='utf-8')}\n{mapping}"
        except (OSError, UnicodeDecodeError) as error:
            sys.stderr.write(f"{path}: {error}\n")
            return EXIT_FAILED
        with Registry(database).cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            if "server.action.import" not in env:
                self.parser.error(f"server_action_engine is not installed in {database}")
            wizard = env["server.action.import"].create(
                {"module": arguments.module, "mapping": mapping}
            )
            try:
                result = wizard._import(content)
            except UserError as error:
                cursor.rollback()
                sys.stderr.write(f"{path}: {error}\n")
                return EXIT_FAILED
            lines = wizard._report_values(result)
            if arguments.dry_run:
                cursor.rollback()
        self._print(path, lines, result, arguments.dry_run)
        left_out = any(line["kind"] == "left_out" for line in lines)
        return EXIT_LEFT_OUT if left_out else EXIT_NOTHING_LEFT_OUT

    def _print(self, path, lines, result, dry_run):
        for line in lines:
            record = f" {line['record_id']}:" if line["record_id"] else ""
            message = " ".join(line["message"].split())
            sys.stdout.write(f"{path}:{line['file_line']}: {line['kind']}:{record} {message}\n")
        done = "would be" if dry_run else "were"
        sys.stdout.write(
            f"{path}: {result.created} actions {done} created, {result.updated} updated\n"
        )
