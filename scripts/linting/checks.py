"""The checks: name, command, and where there is one the command that repairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.addons import own_addons
from toolkit.node import Node
from toolkit.places import ROOT, WORK
from toolkit.venv import Venv

from . import files

Command = list[str | Path]


@dataclass(frozen=True)
class Check:
    """One linter on one set of files."""

    name: str
    command: Command
    fix: Command = field(default_factory=list)
    """The same linter repairing what it can; empty: it cannot."""
    folder: Path = ROOT


def all_checks(venv: Venv, node: Node) -> Iterator[Check]:
    """Yield every check, quick ones first."""
    yield from _python(venv)
    yield from _node(node)
    yield from _odoo(venv)


def _python(venv: Venv) -> Iterator[Check]:
    tool = venv.folder / "bin"
    ruff: Command = [tool / "ruff"]
    cache: Command = ["--cache-dir", WORK / "ruff"]
    targets: Command = [".", *files.python_scripts()]
    yield Check(
        "ruff",
        [*ruff, "check", *cache, "--quiet", "--output-format=concise", *targets],
        [*ruff, "check", *cache, "--quiet", "--fix", *targets],
    )
    yield Check(
        "ruff format",
        [*ruff, "format", *cache, "--check", "--quiet", *targets],
        [*ruff, "format", *cache, "--quiet", *targets],
    )
    yield Check("mypy core", [tool / "mypy", "--no-error-summary", *files.typed_folders()])
    toolkit: Command = [
        "--config-file",
        ROOT / "pyproject.toml",
        "--cache-dir",
        WORK / "mypy-scripts",
    ]
    yield Check(
        "mypy toolkit",
        [tool / "mypy", "--no-error-summary", *toolkit, "-p", "toolkit", "-p", "linting"],
        folder=ROOT / "scripts",
    )


def _node(node: Node) -> Iterator[Check]:
    plugin = node.modules / "@prettier" / "plugin-xml" / "src" / "plugin.js"
    prettier = [*node.script("prettier", "bin", "prettier.cjs"), "--plugin", plugin]
    names = files.formatted_files()
    yield Check(
        "prettier",
        [*prettier, "--log-level=warn", "--check", *names],
        [*prettier, "--log-level=warn", "--write", *names],
    )
    eslint = [*node.script("eslint", "bin", "eslint.js"), "--no-warn-ignored"]
    scripts = [name for name in names if name.endswith(".js")]
    if scripts:
        yield Check("eslint", [*eslint, *scripts], [*eslint, "--fix", *scripts])


def _odoo(venv: Venv) -> Iterator[Check]:
    addons = [str(path.relative_to(ROOT)) for path in own_addons().values()]
    tool = venv.folder / "bin"
    yield Check("oca-checks", [tool / "oca-checks-odoo-module", *addons])
    yield Check("pylint-odoo", [tool / "pylint", "--rcfile=.pylintrc", *addons])
