"""The pinned tools and packages: complete for every Python, and naming no registry."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from toolkit import NEWEST, OLDEST

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("requirements*.txt"))
PYTHONS = [f"{OLDEST[0]}.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]


def requirements(path):
    lines = [line.split(" #")[0].strip() for line in path.read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def applies(requirement, version):
    environment = {"python_version": version, "python_full_version": f"{version}.0"}
    return requirement.marker is None or requirement.marker.evaluate(environment)


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_package_has_one_pin(path, version):
    """Of several lines for one package exactly one applies to each Python."""
    wanted = {requirement.name for requirement in requirements(path)}
    if path.name == "requirements.txt":
        wanted.discard("lxml-html-clean")  # a part of lxml itself before 5.2
    applying = [one.name for one in requirements(path) if applies(one, version)]
    assert len(applying) == len(set(applying))
    assert wanted <= set(applying)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_versions_are_exact(path):
    """A version that floats makes tomorrow's set-up another one; setuptools has only a ceiling."""
    loose = [str(one) for one in requirements(path) if not str(one.specifier).startswith("==")]
    assert loose in ([], ["setuptools<81"])


def test_the_users_packages_are_there():
    """The packages that the project was asked to name are in requirements.txt."""
    names = {one.name.lower() for one in requirements(ROOT / "requirements.txt")}
    assert {"psycopg2-binary", "lxml", "babel", "werkzeug", "pytest-odoo"} <= names


def test_node_packages_are_locked_without_an_address():
    """The lock has a digest for every package and leaves the registry to the machine."""
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    missing = [name for name, facts in packages.items() if name and "integrity" not in facts]
    assert missing == []
    assert '"resolved"' not in text


def test_no_file_names_a_registry():
    """Mirrors and indexes come from the machine's own configuration."""
    hosts = r"(deb\.debian|pypi|files\.pythonhosted|registry\.npmjs)\.(org|com)"
    command = ["git", "grep", "-InE", hosts.replace("\\.", "[.]")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if "test_pins.py" not in line]
    assert found == []


def test_lint_refuses_an_unknown_check():
    """A misspelt name is an error, not a run of nothing that passes."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from linting.runner import choose

    with pytest.raises(SystemExit, match=re.escape("no check is called ruf")):
        choose([], ["ruf"])
