"""postfix' smtp-sink as a process, and what it received read back from its files."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 10


@dataclass
class Sunk:
    """One message smtp-sink wrote down: at DATA, whatever it answered to its end."""

    sender: str
    recipients: list[str]
    text: str


class Sink:
    """smtp-sink with its switches (``man smtp-sink``). Use as a ``with`` block."""

    def __init__(self, smtp_sink, *switches, keep=True):
        """:param keep: write messages to files; costs most of its speed"""
        self._sink = smtp_sink
        self._switches = switches
        self._keep = keep

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="smtp-sink-"))
        self.folder.chmod(0o777)  # it gives up root's rights
        self.port = _free_port()
        command = [self._sink.path, *self._switches]
        if self._keep:
            command += ["-d", "message."]
        if os.geteuid() == 0:
            command += ["-u", "nobody"]
        command += [f"127.0.0.1:{self.port}", "200"]
        self._process = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.folder,
            env={**os.environ, **self._sink.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._wait()
        return self

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait(10)
        self._process.stderr.close()
        shutil.rmtree(self.folder)

    def messages(self):
        """Return what was written down, in no order."""
        return [_read(path) for path in self.folder.glob("message.*")]

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                said = self._process.stderr.read() if self._process.poll() is not None else b""
                if said or time.monotonic() > deadline:
                    raise RuntimeError(f"smtp-sink did not start: {said.decode()}") from None
                time.sleep(0.02)


def _free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _read(path):
    head, _empty, _rest = path.read_text(errors="replace").partition("\nReceived:")
    sender = re.search(r"X-Mail-Args: <(.*?)>", head)
    recipients = re.findall(r"X-Rcpt-Args: <(.*?)>", head)
    return Sunk(sender.group(1) if sender else "", recipients, path.read_text(errors="replace"))
