"""Sending e-mail over SMTP, without the ORM.

The face::

    with SessionPool(account) as pool:                 # or MemoryTransport() in tests
        for outcome in pool.deliver(envelopes):        # Envelope(sender, recipients, content, key)
            for one in outcome.result.recipients:      # one RecipientResult each, never fewer
                one.verdict, one.reason, one.reply
        pool.trouble                                   # why the account was left alone, or None

    diagnose(account, sender)                          # *test connection*, step by step

``deliver`` runs the iterable in the caller's thread and pulls one envelope at a time, when there
is a session for it. An iterable over rows therefore does, for each: mark the row as *sending*,
commit, build the content, yield. What is done with an outcome is the caller's as well: conclude the
row, commit. A process killed in between leaves rows in *sending*, which
``core.delivery.Delivery.recover`` makes *in doubt*.

Sessions of Odoo's addons (OAuth, certificates) come in through ``Session(connection, account)``
around what ``ir.mail_server._connect__`` returned, or through a ``login`` hook for
``Session.open``; ``SessionPool(account, open_session=…)`` takes a function that makes them. It is
called in the sessions' threads, where the ORM must not be touched: collect tokens beforehand.
"""

from .diagnosis import Diagnosis, Step, diagnose
from .envelope import Envelope, Outcome, Transport
from .errors import SmtpConnectionError
from .memory import MemoryTransport
from .pool import SessionPool
from .session import Session
