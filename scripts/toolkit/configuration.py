"""The configuration Odoo runs with: `odoo.conf` of the repository plus what was found here."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

from .addons import own_folders
from .errors import SetupError
from .odoo_tree import OdooTree
from .pg_server import Server
from .places import ROOT, WORK

SOURCE = ROOT / "odoo.conf"
GENERATED = WORK / "odoo.conf"
DATA = WORK / "data"


def project_options() -> dict[str, str]:
    """Return the options of the repository's `odoo.conf`."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(SOURCE)
    except configparser.Error as error:
        raise SetupError(f"odoo.conf cannot be read: {error}", f"correct {SOURCE}") from error
    return dict(parser["options"]) if parser.has_section("options") else {}


def addons_path(tree: OdooTree) -> str:
    """Return the value of Odoo's `addons_path`: ours first."""
    return ",".join(str(folder) for folder in [*own_folders(), *tree.addons_folders])


def write_configuration(tree: OdooTree, server: Server, binaries: Path) -> Path:
    """Write the configuration and return its path."""
    options = {
        **project_options(),
        "addons_path": addons_path(tree),
        "data_dir": str(DATA),
        "http_interface": "127.0.0.1",
        "db_host": server.host,
        "db_port": str(server.port),
        "db_user": server.user,
        "pg_path": str(binaries),
    }
    options.pop("db_password", None)
    if server.password:
        options["db_password"] = server.password
    parser = configparser.RawConfigParser()
    parser["options"] = options
    partial = GENERATED.with_name(f"odoo.conf.{os.getpid()}")
    with partial.open("w") as file:
        partial.chmod(0o600)  # it may hold a password
        parser.write(file)
    partial.rename(GENERATED)
    return GENERATED
