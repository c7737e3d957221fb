"""Shared by every test below that does not run inside Odoo's own test runner."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes depends on who else uses the machine; no test asserts a time.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# Tests import the helpers beside this file, and the tools behind the commands in scripts/.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "scripts")]


# pytest-odoo loads a registry before any test of the session. These tests need none: fixtures of
# the same name in a conftest take the place of the plugin's.
@pytest.fixture(scope="session", autouse=True)
def load_registry():
    yield


@pytest.fixture(scope="session", autouse=True)
def load_http():
    yield


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag():
    yield
