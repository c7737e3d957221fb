"""The texts of an addon: Odoo's export of them, and the template the addon ships."""

from __future__ import annotations

import re
from pathlib import Path

from .environment import Environment
from .places import ROOT

_MSGID = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)


def template_of(addon: str) -> Path:
    """Return where an addon's template of texts is, or would be."""
    return ROOT / addon / "i18n" / f"{addon}.pot"


def export_texts(env: Environment, database: str, addon: str, target: Path, log: Path) -> None:
    """Write the texts of an installed addon to `target`, a `.pot` file.

    :raises SetupError: when Odoo cannot export them.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    env.odoo(["i18n", "export", "-d", database, "-o", str(target), addon], log=log)


def texts_of(template: Path) -> set[str]:
    """Return the texts of a template as they stand there; none when there is no file."""
    if not template.is_file():
        return set()
    found = _MSGID.findall(template.read_text(encoding="utf-8"))
    return {"".join(line[1:-1] for line in text.splitlines()) for text in found}
