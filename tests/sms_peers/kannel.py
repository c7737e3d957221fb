"""Kannel, a real gateway between HTTP and SMPP, in front of an SMSC."""

import os
import socket
import subprocess

from toolkit.peers import prepare_peers
from toolkit.ports import free_port

from .processes import wait_until

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = x
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = smpp
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = me
smsc-password = s3cret
system-type = VMA
address-range = ""

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {http}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = odoo
password = s3cret-word
concatenation = true
max-messages = 10
"""


class Kannel:
    """Both programs of it, from the start to :meth:`close`."""

    def __init__(self, folder, smsc_port):
        peers = prepare_peers()
        ports = {name: free_port() for name in ("admin", "box", "http")}
        configuration = folder / "kannel.conf"
        configuration.write_text(CONFIGURATION.format(smsc=smsc_port, **ports))
        self.url = f"http://127.0.0.1:{ports['http']}"
        """Address of its HTTP side."""
        self._processes = []
        try:
            self._start(folder, configuration, peers.bearerbox, ports["box"])
            self._start(folder, configuration, peers.smsbox, ports["http"])
            log = folder / "bearerbox.out"
            wait_until(lambda: "bind" in log.read_text(), "the bind")
        except BaseException:
            self.close()
            raise

    def _start(self, folder, configuration, program, port):
        # Not `.log`: those of a test's folder are Odoo's.
        with (folder / f"{program.path.name}.out").open("w") as log:
            process = subprocess.Popen(
                [program.path, str(configuration)],
                cwd=folder,
                stdout=log,
                stderr=log,
                env={**os.environ, **program.environ},
            )
        self._processes.append(process)
        wait_until(lambda: _connects(port), f"port {port} of {program.path.name}")

    def close(self):
        """End it."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()


def _connects(port):
    with socket.create_connection(("127.0.0.1", port), 1):
        return True
