"""Programs are found, or fetched from a Debian's own release."""

import os
import subprocess

import pytest
from toolkit import unpacked
from toolkit.errors import SetupError


@pytest.fixture
def os_release(tmp_path, monkeypatch):
    file = tmp_path / "os-release"
    monkeypatch.setattr(unpacked, "_OS_RELEASE", file)
    return file


def test_the_release_of_this_debian(os_release):
    os_release.write_text('ID=debian\nVERSION_CODENAME=bookworm\nID_LIKE="x"\n')
    assert unpacked._codename() == "bookworm"


@pytest.mark.parametrize("text", [None, "ID=fedora\n", "ID=ubuntu\nVERSION_CODENAME=noble\n"])
def test_another_system_is_told_what_to_install(os_release, tmp_path, monkeypatch, text):
    if text:
        os_release.write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(unpacked.shutil, "which", lambda *_args, **_options: None)
    with pytest.raises(SetupError) as caught:
        unpacked.prepare_programs("postfix", ["smtp-sink"])
    assert "no Debian" in caught.value.problem
    assert "install postfix" in caught.value.remedy


def test_what_is_prepared_runs():
    [found] = unpacked.prepare_programs("postfix", ["smtp-sink"])
    done = subprocess.run(
        [found.path], env={**os.environ, **found.environ}, capture_output=True, text=True
    )
    assert "usage" in done.stderr
