"""A real SMTP server on loopback in its own process, and its inbox read back from disk."""

import mailbox
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_SECONDS = 20
SCRIPTS = Path(__file__).resolve().parent.parent


class PostOffice:
    """Start aiosmtpd on 127.0.0.1 for the length of a `with` block; it stores what it receives."""

    handler = "aiosmtpd.handlers.Mailbox"
    """Path of the class that deals with messages; its argument is the inbox."""

    def __init__(self, python, work, port):
        self.python, self.port = str(python), port
        self.folder = Path(tempfile.mkdtemp(prefix="smtp-", dir=work))
        self.inbox = self.folder / "inbox"

    def __enter__(self):
        command = [self.python, "-m", "aiosmtpd", "--nosetuid"]
        command += ["--listen", f"127.0.0.1:{self.port}"]
        command += [*self.options(), "--class", self.handler, str(self.inbox)]
        self.log = open(self.folder / "server.log", "w")
        # The current folder is where Python looks for `demoing`.
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=SCRIPTS)
        try:
            self._wait_until_it_listens()
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def options(self):
        """Return further arguments of the server."""
        return []

    def _wait_until_it_listens(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        log = (self.folder / "server.log").read_text()
        raise RuntimeError(f"the mail server did not start on port {self.port}:\n{log}")


def read_inbox(inbox):
    """Read what the server has stored, oldest first.

    :returns: list of email.message.Message; the server added `X-MailFrom` and `X-RcptTo`, the
        addresses of the SMTP envelope.
    """
    if not Path(inbox).exists():
        return []
    messages = [(message.get_date(), message) for message in mailbox.Maildir(inbox, create=False)]
    return [message for _date, message in sorted(messages, key=lambda pair: pair[0])]
