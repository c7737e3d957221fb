"""Nothing leaves during a dry run."""

import inspect
import sys
import threading
from contextlib import contextmanager

from odoo import models

from .dry_run_recorder import dry_run_of


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        # The rows themselves are in the report, like every other row that is written.
        if dry_run_of(self.env.cr) is not None:
            return True
        return super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _connect__(self, *args, **kwargs):
        if dry_run_of(self.env.cr) is not None:
            return None
        return super()._connect__(*args, **kwargs)

    def send_email(self, message, *args, **kwargs):
        recorder = dry_run_of(self.env.cr)
        if recorder is None:
            return super().send_email(message, *args, **kwargs)
        recorder.would_leave("mail", message["Subject"] or "", message["To"] or "")
        return message["Message-Id"]


# -- the network ------------------------------------------------------------------------------

_guarded = threading.local()
_install_lock = threading.Lock()
_installed = False


class NetworkBlockedError(ConnectionError):
    """A dry run tried to reach the network."""


def _audit(event, args):
    # Looking a name up asks a server already. Source: Python's table of audit events.
    if event not in ("socket.connect", "socket.getaddrinfo"):
        return
    recorder = getattr(_guarded, "recorder", None)
    if recorder is None:
        return
    target = args[1] if event == "socket.connect" else args[:2]
    # Local sockets are how logging and the like work, and a number needs no looking up.
    if not isinstance(target, tuple) or (event != "socket.connect" and _is_local(target[0])):
        return
    address = f"{target[0]}:{target[1]}"
    recorder.would_leave("network", address)
    raise NetworkBlockedError(f"This is a dry run: no connection to {address}.")


def _is_local(host):
    return host is None or str(host).rstrip(".") in ("localhost", "127.0.0.1", "::1", "")


@contextmanager
def network_blocked(recorder):
    """Refuse Python's network connections of this thread, whoever makes them.

    Python's audit events reach every library without patching any. A hook cannot be removed, so
    it is installed by the first dry run of the process; its cost is one comparison per event.
    PostgreSQL's own client library is not Python and goes on working.
    """
    global _installed
    with _install_lock:
        if not _installed:
            sys.addaudithook(_audit)
            _installed = True
    _guarded.recorder = recorder
    try:
        yield
    finally:
        _guarded.recorder = None


# -- what waits for the commit ------------------------------------------------------------------

#: Callbacks that only announce what is in the report anyway.
_ANNOUNCEMENTS = (
    "_notifydb",
    "send_emails_with_new_cursor",
    "_signal_after_commit",
    "notify",
    "_wake",
    "Gate.changed",
)


def note_callbacks(recorder, queue):
    """Tell the recorder what the callbacks waiting for the commit would do."""
    for function in queue._funcs:
        target = getattr(function, "func", function)
        name = getattr(target, "__qualname__", type(target).__name__)
        names = _closure_of(target)
        if url := names.get("url"):
            recorder.would_leave("webhook", url, names.get("json_values") or "")
        elif not any(part in name for part in _ANNOUNCEMENTS):
            module = getattr(target, "__module__", "")
            recorder.would_leave("callback", f"{module}.{name}".strip("."))


def _closure_of(function):
    try:
        return dict(inspect.getclosurevars(function).nonlocals)
    except (TypeError, ValueError):
        return {}
