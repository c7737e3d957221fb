"""Tests that run once per profile."""

import pytest

from workflow_engine.core.constants import OPENERP, STRICT

both = pytest.mark.parametrize("profile", [STRICT, OPENERP])


def per_profile(strict, openerp):
    """Run a test once per profile with what is expected there."""
    return pytest.mark.parametrize(
        ("profile", "expected"), [(STRICT, strict), (OPENERP, openerp)], ids=[STRICT, OPENERP]
    )
