"""Gateways that are described already, one file each. Adding one touches nothing else.

Each file has a :data:`PRESET` and names the provider's public documentation it was written from.
"""

from __future__ import annotations

import importlib
import pkgutil

from ..description import HttpDescription


def presets() -> dict[str, HttpDescription]:
    """Return every preset by its name."""
    found = [
        importlib.import_module(f"{__name__}.{module.name}").PRESET
        for module in pkgutil.iter_modules(__path__)
    ]
    return {preset.name: preset for preset in found}
