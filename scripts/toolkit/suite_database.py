"""The database of `make serve` and `make shell`: the suite with demonstration data, kept."""

from __future__ import annotations

from .addons import SUITE, content_digest, own_addons
from .environment import Environment
from .output import step
from .places import CHECKOUT_TAG, WORK

NAME = f"suite_{CHECKOUT_TAG}"
"""On a server of the user's other checkouts may have theirs."""
MODULES = ["crm", "project", "sale_management", *SUITE]
_STATE = WORK / "suite-database.digest"


def suite_database(env: Environment, fresh: bool = False) -> str:
    """Return the name of the database; make it, or bring it up to the code of today.

    :param fresh: throw away what is in it.
    """
    today = content_digest([name for name in SUITE if name in own_addons()])
    if fresh or not env.databases.exists(NAME):
        template = env.prepared_database("demo", MODULES, demo=True)
        step(f"Database: {NAME}, a copy of {template}")
        env.drop_database(NAME)
        env.create_database(NAME, template)
    elif not _STATE.is_file() or _STATE.read_text() != today:
        step(f"Database: updating {NAME} to the addons as they are now")
        log = WORK / "log" / "update-suite.log"
        modules = ",".join(SUITE)
        env.odoo(["-d", NAME, "-u", modules, "--stop-after-init", "--no-http"], log=log)
    _STATE.write_text(today)
    return NAME
