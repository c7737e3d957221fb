"""The commands a stranger is promised are there, and `.ci/run` runs no other."""

import os
import subprocess

import pure_addons
import pytest

ROOT = pure_addons.ROOT
COMMANDS = ("demo", "test", "serve", "bench", "lint", "shell", "clean")


def make(*arguments):
    """Return what make prints; it is told that no other make has started it."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    ).stdout


def test_make_alone_lists_the_commands():
    """The default is the list, and nothing is set up for it."""
    shown = make()
    assert shown == make("help")
    missing = [name for name in (*COMMANDS, "help") if f"  make {name} " not in shown]
    assert missing == []
    assert "scripts/odoo" in shown


@pytest.mark.parametrize("name", [*COMMANDS, "setup", "odoo", "screenshots", "new-type"])
def test_command_has_a_script_that_can_be_run(name):
    """Each target runs a script of its name, which can be started without make as well."""
    script = ROOT / "scripts" / name
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")
    if name in COMMANDS:
        assert f"scripts/{name}" in make("--dry-run", name)


def test_ci_runs_the_two_commands_and_nothing_else():
    """What passes there is what a contributor can run."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make lint", "make test"]
