"""Each addon builds as a wheel that an Odoo installation can take from an index."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from toolkit.addons import SUITE, manifest_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=SUITE)
def wheel(request, tmp_path_factory):
    """The wheel of one addon, built without network from what is installed."""
    target = tmp_path_factory.mktemp(request.param)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    command += ["--no-index", "--quiet", "--wheel-dir", str(target), str(ROOT / request.param)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = target.glob("*.whl")
    return request.param, path


def test_wheel_holds_the_addon(wheel):
    """The addon lies below odoo/addons, with its manifest and everything git knows."""
    name, path = wheel
    names = zipfile.ZipFile(path).namelist()
    assert path.name.startswith(f"odoo_addon_{name}-19.0.")
    assert f"odoo/addons/{name}/__manifest__.py" in names
    command = ["git", "ls-files", "--", name]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    packaged = {f"odoo/addons/{line}" for line in tracked.stdout.split() if line.endswith(".xml")}
    assert packaged <= set(names)


def test_wheel_names_what_it_needs(wheel):
    """It requires Odoo 19.0 and the wheels of the sister addons it depends on."""
    name, path = wheel
    with zipfile.ZipFile(path) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    requires = [line.split(":", 1)[1].strip() for line in lines if line.startswith("Requires-Dist")]
    assert any(line.startswith("odoo==19.0") for line in requires)
    for sister in set(SUITE) & set(manifest_of(ROOT / name)["depends"]):
        assert any(line.startswith(f"odoo-addon-{sister}==19.0") for line in requires)
    assert "License-Expression: LGPL-3.0-only" in lines or any("LGPL-3" in line for line in lines)
