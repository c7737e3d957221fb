"""Write the files of a new action type and name them where Odoo looks for them."""

from __future__ import annotations

import re
from pathlib import Path

from . import templates

ENGINE = "server_action_engine"


class ScaffoldError(Exception):
    """The type cannot be written; the message says why."""


def write_type(root: Path, addon_name: str, key: str, label: str) -> list[Path]:
    """Write model, view and test of a type into an addon.

    :returns: the files written or changed.
    :raises ScaffoldError: for a bad name, an unknown addon, or files that are there already.
    """
    addon = root / addon_name
    _check(addon, key, label)
    common = "." if addon_name == ENGINE else f"odoo.addons.{ENGINE}.tests."
    title = "".join(part.capitalize() for part in key.split("_"))
    values = {"key": key, "label": label, "title": title, "common": f"{common}common"}
    files = {
        addon / "models" / f"ir_actions_server_{key}.py": templates.MODEL,
        addon / "views" / f"ir_actions_server_{key}_views.xml": templates.VIEW,
        addon / "tests" / f"test_type_{key}.py": templates.TEST,
    }
    if existing := [str(path.relative_to(root)) for path in files if path.exists()]:
        raise ScaffoldError(f"already there: {', '.join(existing)}")
    manifest = _manifest_with_view(addon, key)
    for path, text in files.items():
        path.write_text(text.format(**values))
    (addon / "__manifest__.py").write_text(manifest)
    models, tests = addon / "models" / "__init__.py", addon / "tests" / "__init__.py"
    _append_import(models, f"ir_actions_server_{key}")
    _append_import(tests, f"test_type_{key}")
    return [*files, addon / "__manifest__.py", models, tests]


def _check(addon: Path, key: str, label: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", key):
        raise ScaffoldError(
            f"{key!r} is no name for a type: use small letters, digits and `_`, 2 to 31 of them"
        )
    if '"' in label or "{" in label or "\n" in label:
        raise ScaffoldError("the label may not contain quotation marks, braces or line breaks")
    if not (addon / "__manifest__.py").is_file():
        raise ScaffoldError(f"there is no addon {addon.name}")


def _manifest_with_view(addon: Path, key: str) -> str:
    """Return the manifest with the new view behind the last view of the form."""
    text = (addon / "__manifest__.py").read_text()
    entry = f'        "views/ir_actions_server_{key}_views.xml",\n'
    views = list(re.finditer(r'^ {8}"views/ir_actions_server_\w*views\.xml",\n', text, re.M))
    if views:
        end = views[-1].end()
        return text[:end] + entry + text[end:]
    data = re.search(r'^    "data": \[\n', text, re.M)
    if data is None:
        raise ScaffoldError(
            f'{addon.name}/__manifest__.py has no line `"data": [` of its own; add one'
        )
    end = text.index("\n    ],", data.end() - 1) + 1
    return text[:end] + entry + text[end:]


def _append_import(init: Path, module: str) -> None:
    text = init.read_text()
    if text and not text.endswith("\n"):
        text += "\n"
    init.write_text(f"{text}from . import {module}\n")
