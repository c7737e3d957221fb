"""Start the peers as processes, and read what they wrote down."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from toolkit.peers import prepare_peers
from toolkit.ports import free_port

HERE = Path(__file__).parent
START_SECONDS = 30.0


class Smsc:
    """A running SMSC."""

    def __init__(self, command, log, port, environ):
        self.port = port
        self._log = log
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, env=environ, text=True
        )
        if self.process.stdout.readline().strip() != "ready":
            self.process.kill()
            raise RuntimeError(f"the SMSC did not start: {command}")

    @property
    def messages(self):
        """What it took, in order."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [json.loads(line) for line in lines]

    def kill(self):
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def start_smpp34(folder, port=0, **options):
    """Start the SMSC made of `smpp34`."""
    port = port or free_port()
    log = Path(folder) / f"smsc-{port}.jsonl"
    values = json.dumps({"port": port, "log": str(log), **options})
    command = [sys.executable, HERE / "smsc_smpp34.py", values]
    return Smsc(command, log, port, os.environ)


def start_node(folder, port=0, **options):
    """Start the SMSC made of the npm package `smpp`."""
    peers = prepare_peers()
    port = port or free_port()
    log = Path(folder) / f"smsc-{port}.jsonl"
    values = json.dumps({"port": port, "log": str(log), **options})
    command = [peers.node, HERE / "smsc_node.js", values]
    return Smsc(command, log, port, {**os.environ, "NODE_PATH": str(peers.node_modules)})


STARTS = {"smpp34": start_smpp34, "node": start_node}


def wait_until(condition, what, seconds=20.0):
    """Return the first true value of a condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            found = condition()
            if found:
                return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:g} seconds for {what}")
