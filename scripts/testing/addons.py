"""The addons of this repository, as their manifests describe them."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def manifests() -> dict[str, dict]:
    """Return the manifests of our installable addons by name, dependencies before dependants."""
    found = {}
    for path in sorted(
        [*ROOT.glob("*/__manifest__.py"), *ROOT.glob("tests/addons/*/__manifest__.py")]
    ):
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    ordered: dict[str, dict] = {}

    def add(name: str) -> None:
        for dependency in found[name].get("depends", []):
            if dependency in found and dependency not in ordered:
                add(dependency)
        ordered.setdefault(name, found[name])

    for name in found:
        add(name)
    return ordered


def folder(name: str) -> Path:
    """Return the folder of our addon ``name``."""
    own = ROOT / name
    return own if own.is_dir() else ROOT / "tests" / "addons" / name


def public() -> list[str]:
    """Return the addons a user installs: those at the top of the repository."""
    return [name for name in manifests() if (ROOT / name).is_dir()]


def stock_dependencies(name: str) -> list[str]:
    """Return the addons of Odoo itself which ``name`` needs, directly or through ours, sorted."""
    known = manifests()
    stock: set[str] = set()
    waiting = [name]
    while waiting:
        for dependency in known[waiting.pop()].get("depends", []):
            if dependency in known:
                waiting.append(dependency)
            else:
                stock.add(dependency)
    return sorted(stock - {"base"}) or ["base"]


def with_tests() -> list[str]:
    """Return our addons which have tests of their own."""
    return [name for name in manifests() if any(folder(name).glob("tests/test_*.py"))]
