"""A command that cannot go on says what to do, with exit code 1 and without a traceback."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from toolkit.browser import find_browser
from toolkit.commands import run_logged
from toolkit.databases import check_name
from toolkit.errors import SetupError
from toolkit.places import check_space, make_folder
from toolkit.ports import demand_port, free_port
from toolkit.system_package import prepare_program
from toolkit.venv import pip_progress

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def python(code, **kwargs):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, **kwargs)


@pytest.mark.parametrize("version", [(3, 9), (3, 14)], ids=["too old", "too new"])
def test_wrong_python_is_refused(version):
    """Any import of the toolkit under another Python ends with the versions that will do."""
    done = python(f"import sys; sys.version_info = {version}; import toolkit.venv")
    assert done.returncode == 1
    assert f"this is Python 3.{version[1]}; the suite needs Python 3.10 to 3.13" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert "Traceback" not in done.stderr


def test_error_ends_a_script_with_its_text():
    """An uncaught error of the toolkit is two lines on standard error and exit code 1."""
    done = python("from toolkit.errors import SetupError; raise SetupError('no disk', 'buy one')")
    assert (done.returncode, done.stderr) == (1, "error: no disk\n  -> buy one\n")


def test_full_disk_is_noticed_before_the_work(tmp_path):
    """Too little space is refused with the folder and what is needed."""
    with pytest.raises(SetupError) as caught:
        check_space(tmp_path, needed=10**18)
    assert f"on the disk of {tmp_path}" in caught.value.problem
    assert "XDG_CACHE_HOME" in caught.value.remedy


def test_enough_space_is_no_error(tmp_path):
    """A set-up that fits goes on."""
    check_space(tmp_path, needed=0)


def test_folder_that_cannot_be_made(tmp_path):
    """A cache in an impossible place is named together with the variable that moves it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError) as caught:
        make_folder(tmp_path / "file" / "cache")
    assert "XDG_CACHE_HOME" in caught.value.remedy


def test_taken_port_is_refused():
    """A port somebody listens on is named, with the given way out."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError) as caught:
            demand_port(port, "make serve PORT=1")
    assert caught.value.problem == f"port {port} on 127.0.0.1 is taken"
    assert caught.value.remedy == "make serve PORT=1"


def test_serve_refuses_a_taken_port_before_any_set_up():
    """`make serve` on a taken port answers at once and offers the next one."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environ = {**os.environ, "PORT": str(port)}
        command = [sys.executable, SCRIPTS / "serve"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: port {port} on 127.0.0.1 is taken\n"
        f"  -> choose another one: make serve PORT={port + 1}\n"
    )


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_serve_refuses_what_is_no_port(port):
    """PORT must be a number a server can listen on."""
    command = [sys.executable, SCRIPTS / "serve"]
    environ = {**os.environ, "PORT": port}
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"PORT={port} is no port" in done.stderr


def test_free_ports_differ():
    """A port is not given twice, even while nobody listens on it yet."""
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20


def test_failed_program_shows_the_end_of_its_log(monkeypatch, tmp_path):
    """The error has the program's last words, the path of the log, and the remedy."""
    monkeypatch.setattr("toolkit.commands.LOGS", tmp_path)
    with pytest.raises(SetupError) as caught:
        run_logged(["sh", "-c", "echo no route; exit 7"], "probe", "it failed", "plug it in")
    assert "it failed (exit code 7)" in caught.value.problem
    assert "| no route" in caught.value.problem
    assert str(tmp_path / "probe.log") in caught.value.problem
    assert caught.value.remedy == "plug it in"


@pytest.mark.parametrize("name", ['a"b', "", "a b", "-x", "x" * 64, "a;drop"])
def test_database_names_need_no_quoting(name):
    """A name that would have to be quoted is refused before it reaches SQL."""
    with pytest.raises(SetupError, match="is no database name"):
        check_name(name)


def test_terminated_command_ends_quietly():
    """A kill runs the clean-up and gives the shell's exit code for it, without a traceback."""
    code = (
        "import time\n"
        "from toolkit.signals import signals_as_exit\n"
        "with signals_as_exit():\n"
        "    try:\n"
        "        print('ready', flush=True); time.sleep(60)\n"
        "    finally:\n"
        "        print('cleaned', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=SCRIPTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert "cleaned" in output
    assert errors == ""


def test_progress_of_pip_is_read_from_its_log():
    """Found, fetched and installing are told apart."""
    log = "Collecting lxml==4.9.3\n  Downloading https://index.test/lxml-4.9.3-cp311.whl (7 MB)\n"
    assert pip_progress(log) == "1 found, 1 fetched lxml"
    assert pip_progress(log + "Installing collected packages: a, b, c\n") == "installing 3"
    assert pip_progress("") == "0 found, 0 fetched"


def test_browser_is_looked_for_on_the_path(tmp_path, monkeypatch):
    """The names Odoo tries are tried, and nothing on the path is None, not an error."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_browser() == str(program)


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch, capsys):
    """Whoever is not root is told what to run, and goes on without it."""
    monkeypatch.setattr("toolkit.system_package.is_root", lambda: False)
    assert prepare_program("chromium", ["no-such-program"], "browser tests") is None
    said = capsys.readouterr()
    assert "no chromium here: browser tests will fail" in said.out + said.err
    assert "sudo apt-get install chromium" in said.out + said.err
