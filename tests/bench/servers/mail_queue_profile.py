"""Where the time of Odoo's mail queue goes: each moment counts for the innermost part it is in.

A tracing profiler makes small Python functions look dear; here a dozen functions are timed, the
rest costs nothing. Only the thread of the queue counts: what sessions do meanwhile is free, unless
somebody waits for it.
"""

import contextlib
import functools
import smtplib
import threading
import time
from collections import defaultdict

from odoo.models import BaseModel
from odoo.sql_db import Cursor

REST = "everything else"
SQL = "SQL statements"
COMMIT = "commits"
READ = "reading records (ORM)"
WRITE = "writing records (ORM)"
BODY = "texts, links, recipients of each message"
MIME = "building and writing MIME"
WIRE = "SMTP: talking, or waiting for sessions"
AFTER = "notifications and cleaning up"
NOTES = "noting deliveries"
CLAIM = "claiming e-mails and locks"
PARTS = (SQL, COMMIT, READ, WRITE, BODY, MIME, WIRE, AFTER, NOTES, CLAIM, REST)


class Parts:
    """Seconds per part, without those of the parts within it."""

    def __init__(self):
        self.seconds = defaultdict(float)
        self.calls = defaultdict(int)
        self._thread = threading.get_ident()
        self._stack = []

    def wrap(self, function, part):
        """Return the function with its time counted."""

        @functools.wraps(function)
        def timed(*args, **kwargs):
            if threading.get_ident() != self._thread or not self._stack:
                return function(*args, **kwargs)
            self.calls[part] += 1
            with self.within(part):
                return function(*args, **kwargs)

        return timed

    @contextlib.contextmanager
    def within(self, part):
        """Count the time of a block for a part, and take it from the part around it."""
        self._switch()
        self._stack.append(part)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def _switch(self):
        now = time.perf_counter()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = now


def _places(env):
    """Return ``(owner, name of the function, part)`` of everything that is timed."""
    mail, server = type(env["mail.mail"]), type(env["ir.mail_server"])
    yield Cursor, "execute", SQL
    yield Cursor, "commit", COMMIT
    yield BaseModel, "_fetch_query", READ
    yield BaseModel, "_search", READ
    yield mail, "write", WRITE
    yield BaseModel, "_flush", WRITE
    yield mail, "_prepare_outgoing_list", BODY
    yield server, "_build_email__", MIME
    yield server, "_prepare_email_message__", MIME
    yield mail, "_postprocess_sent_message", AFTER
    yield smtplib.SMTP, "send_message", WIRE
    yield smtplib.SMTP, "connect", WIRE
    yield smtplib.SMTP, "quit", WIRE
    if "mail.mail.delivery" not in env.registry:
        return
    from odoo.addons.smtp_mail_action.models import keeping, letters
    from odoo.addons.smtp_mail_action.transports import SessionPool

    deliveries = type(env["mail.mail.delivery"])
    yield letters.CatchingSession, "send_message", MIME
    yield SessionPool, "_take", WIRE
    yield SessionPool, "close", WIRE
    yield mail, "_conclude_mails", AFTER
    for name in ("_write_lives", "_insert_lives", "_lives_of"):
        yield deliveries, name, NOTES
    for name in ("claim", "release"):
        yield keeping.Committing, name, CLAIM


@contextlib.contextmanager
def profiled(env):
    """Yield :class:`Parts` of the block."""
    parts = Parts()
    replaced = []
    for owner, name, part in _places(env):
        own = vars(owner).get(name)
        replaced.append((owner, name, own))
        setattr(owner, name, parts.wrap(getattr(owner, name), part))
    try:
        with parts.within(REST):
            yield parts
    finally:
        for owner, name, own in replaced:
            if own is None:
                delattr(owner, name)
            else:
                setattr(owner, name, own)


def per_mail(parts, mails):
    """Return ``{part: [milliseconds, calls]}`` of one e-mail."""
    return {part: [parts.seconds[part] * 1000 / mails, parts.calls[part] / mails] for part in PARTS}
