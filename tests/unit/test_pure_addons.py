"""The pure parts of the addons are importable without Odoo, under one identity."""

import sys
import textwrap

import pure_addons
import pytest


@pytest.fixture
def scratch_addons(tmp_path, monkeypatch):
    """Two addons on disk whose ``__init__`` must never run; ``upper`` uses ``lower``'s core."""
    for name in ("lower_addon", "upper_addon"):
        (tmp_path / name / "core").mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('the addon itself ran')")
        (tmp_path / name / "__manifest__.py").write_text("{}")
        (tmp_path / name / "core" / "__init__.py").write_text("")
    (tmp_path / "lower_addon/core/errors.py").write_text("class LowerError(Exception):\n    pass\n")
    (tmp_path / "upper_addon/core/use.py").write_text(
        textwrap.dedent("""
            from odoo.addons.lower_addon.core.errors import LowerError as absolute
            from ...lower_addon.core.errors import LowerError as relative
            from .sibling import VALUE
        """)
    )
    (tmp_path / "upper_addon/core/sibling.py").write_text("VALUE = 7\n")
    monkeypatch.setattr(pure_addons, "ROOT", tmp_path)
    before = set(sys.modules)
    pure_addons.install()
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_core_is_imported_without_running_the_addon(scratch_addons):
    from upper_addon.core import use

    assert use.VALUE == 7


def test_short_and_long_name_are_the_same_module(scratch_addons):
    import lower_addon.core.errors as short_name
    from upper_addon.core import use

    import odoo.addons.lower_addon.core.errors as long_name

    assert short_name is long_name
    assert use.absolute is use.relative is short_name.LowerError
    assert short_name.__spec__.name == "odoo.addons.lower_addon.core.errors"


def test_a_name_that_does_not_exist_says_so(scratch_addons):
    with pytest.raises(ModuleNotFoundError, match="lower_addon.core.missing"):
        import lower_addon.core.missing  # noqa: F401
