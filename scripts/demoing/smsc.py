"""A real SMSC on loopback, and the process that holds Odoo's session with it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from toolkit.ports import free_port

PROGRAM = Path(__file__).resolve().parents[2] / "tests" / "sms_peers" / "smsc_smpp34.py"
ODOO = "from odoo.cli.command import main; main()"
END_SECONDS = 30


@contextlib.contextmanager
def smsc(**options):
    """Run the SMSC made of `smpp34`; yields its port and a function that reads what it took."""
    with tempfile.TemporaryDirectory(prefix="smsc-") as folder:
        log, port = Path(folder) / "taken.jsonl", free_port()
        values = json.dumps({"port": port, "log": str(log), **options})
        command = [sys.executable, str(PROGRAM), values]
        with ended(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) as process:
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("the SMSC did not start")

            def taken():
                lines = log.read_text().splitlines() if log.exists() else []
                return [json.loads(line) for line in lines]

            yield port, taken


@contextlib.contextmanager
def sms_process(database):
    """Run `odoo-bin sms_gateway`, configured as this process is."""
    from odoo.tools import config  # only the environment's own Python has Odoo

    command = [sys.executable, "-c", ODOO, "sms_gateway", "-c", config["config"], "-d", database]
    command += ["--log-level", "warn"]
    # Away from the current folder, which Python would look for modules in.
    with ended(subprocess.Popen(command, cwd=os.sep)) as process:
        yield process


@contextlib.contextmanager
def ended(process):
    """End a process as an administrator does."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
