"""Make the pure parts of the addons importable without Odoo.

``import server_action_engine.core.errors`` would run the addon's ``__init__``, which loads Odoo
models.
:func:`install` puts empty packages in the place of the addons, so that only the folders below them
(``core``, ``transports``) are ever executed. Inside Odoo the same modules are called
``odoo.addons.<addon>.core…``; both names lead to the same module object here, so a class has one
identity whichever way the core of a dependency is imported.
"""

import importlib
import importlib.abc
import importlib.util
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def addon_names() -> list[str]:
    """Return the names of the addons at the top of the repository, sorted."""
    found = {path.parent.name for path in ROOT.glob("*/__manifest__.py")}
    found |= {path.parent.name for path in ROOT.glob("*/core") if path.is_dir()}
    return sorted(found)


def install() -> None:
    """Register the empty packages and the short names. Doing it twice changes nothing."""
    _package("odoo", [])
    _package("odoo.addons", [])
    for name in addon_names():
        _package(f"odoo.addons.{name}", [str(ROOT / name)])
        sys.modules[name] = sys.modules[f"odoo.addons.{name}"]
    if not any(isinstance(finder, _ShortNames) for finder in sys.meta_path):
        # First, because the current folder may be on sys.path and would win with the real package.
        sys.meta_path.insert(0, _ShortNames())


def _package(name: str, path: list[str]) -> None:
    if name in sys.modules:
        return
    module = types.ModuleType(name)
    module.__path__ = path
    module.__spec__ = importlib.util.spec_from_loader(name, loader=None, is_package=True)
    sys.modules[name] = module
    parent, _dot, leaf = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], leaf, module)


class _ShortNames(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``<addon>.x.y`` as the very module ``odoo.addons.<addon>.x.y``."""

    def find_spec(self, fullname, path=None, target=None):
        top, dot, _rest = fullname.partition(".")
        if not dot or f"odoo.addons.{top}" not in sys.modules or top not in sys.modules:
            return None
        if sys.modules[top] is not sys.modules[f"odoo.addons.{top}"]:
            return None
        if importlib.util.find_spec(f"odoo.addons.{fullname}") is None:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def create_module(self, spec):
        module = importlib.import_module(f"odoo.addons.{spec.name}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has just stamped the alias on the module: give it back its own name.
        module.__spec__ = module.__spec__.loader_state
