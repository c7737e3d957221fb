"""Carries the e-mails of one account: claim, build, note, send, note.

::

    for each load      claim the e-mails, build them, note a delivery per recipient as queued
      for each letter  note its deliveries as sending  – commit –  send  –  note the outcome
    for e-mails done   tell Odoo's own fields what became of them – commit – give them back

Outcomes are written together with what is begun next, so a letter costs one statement and one
commit, whatever the number of its recipients.
"""

import logging
import random
import time
from collections import deque

import psycopg2

from odoo import fields
from odoo.exceptions import UserError

from ..core import delivery as life
from ..core import reasons as why
from ..core.classification import HELD
from ..core.throttle import ACCOUNT
from ..transports import Envelope, SessionPool
from .courier_load import Loading

_logger = logging.getLogger(__name__)

#: Seconds after which a run over a throttled account makes room for other scheduled actions.
THROTTLED_RUN_SECONDS = 50.0


class Courier(Loading):
    """One run over e-mails of one account; made for it and thrown away."""

    def __init__(
        self, env, keeping, server, alias_domain_id=False, smtp_from=False, open_pool=None
    ):
        """Prepare.

        :param keeping: see :mod:`.keeping`
        :param server: an ``ir.mail_server``; empty for the one of the command line
        :param open_pool: takes account, function that opens a session, throttle, longest wait in
            seconds; default: a :class:`SessionPool`
        """
        self.env = env
        self.keeping = keeping
        self.server = server
        self.alias_domain = env["mail.alias.domain"].sudo().browse(alias_domain_id or ())
        self.smtp_from = smtp_from
        self._open_pool = open_pool or SessionPool
        self._book = None
        self._throttle = None
        self._schedule = env["smtp.account"]._retry_schedule()
        self._outcomes = []
        """Pairs of row id and ``Delivery`` that are not stored yet."""
        self._open = {}
        """Mail id → letters that are not concluded."""
        self._done = []
        """Mails of which nothing is under way any more."""
        self._claimed = set()
        self._stopped = self._exhausted = self._worked = False
        self._until = None
        """When to go on, if it was stopped."""

    def run(self, ids):
        """Send what is due of the e-mails.

        :raises UserError: when the account cannot be used as it is described
        """
        mails = self.env["mail.mail"].browse(ids)
        if self.server and not mails._filter_mail_mail_servers(self.server):
            raise UserError(
                self.env._(
                    "The account “%(account)s” belongs to somebody else than the author of the "
                    "e-mails.",
                    account=self.server.display_name,
                )
            )
        account, open_session = self.server._smtp_access(self.smtp_from)
        self._account_name = account.name
        self._book = self.env["smtp.account"]._open_book(self.server, account.name)
        now = fields.Datetime.now()
        if not self._book.health.may_try(now):
            self._postpone(ids, self._book.health.resting_until)
            return
        self._throttle = self.server._smtp_throttle(account, self._book.buckets)
        # The rate is the account's, not that of one process.
        limited = self._throttle.account is not None
        key = self.server.id or 0
        if limited and not self.keeping.claim_account(key):
            self._wake(fields.Datetime.add(now, minutes=1))
            return
        try:
            self._send(ids, account, open_session, limited)
        finally:
            if limited:
                self.keeping.release_account(key)

    def _send(self, ids, account, open_session, limited):
        self._deadline = time.monotonic() + THROTTLED_RUN_SECONDS if limited else None
        pool = self._open_pool(account, open_session, self._throttle, self.keeping.patience)
        waiting = deque(ids)
        try:
            for outcome in pool.deliver(self._envelopes(waiting)):
                self._take(outcome)
        finally:
            try:
                for outcome in pool.close():
                    self._take(outcome)
                self._keep_outcomes()
                self._conclude()
            finally:
                self._release(self._claimed)
        left = [*waiting, *self._open]
        if self._stopped and left:
            self._postpone(left, self._until)
        self._close_book()

    # -- what goes out ------------------------------------------------------------------------

    def _envelopes(self, waiting):
        while waiting and not self._stopped:
            for job in self._load(waiting):
                if self._stopped or self._is_late():
                    # Its rows stay queued, and nothing of it has left.
                    break
                if self._begin(job):
                    letter = job.letter
                    yield Envelope(
                        letter.sender,
                        tuple(job.lives),
                        letter.content,
                        job,
                        letter.smtputf8,
                        letter.message_id or "",
                    )
        self._exhausted = True

    def _is_late(self):
        if self._deadline is None or time.monotonic() < self._deadline:
            return False
        self._stopped = True
        self._until = fields.Datetime.now()
        return True

    def _begin(self, job):
        """Note an attempt, so that a crash after this leaves a doubt and no second message."""
        now = fields.Datetime.now()
        begun = {address: (row_id, one.begin(now)) for address, (row_id, one) in job.lives.items()}
        pairs = [*self._outcomes, *begun.values()]
        try:
            self.keeping.settle(lambda: self._store(pairs))
        except psycopg2.Error:
            if not self.keeping.commits:
                raise
            # Somebody else has changed the rows: the next run looks at it anew.
            _logger.warning("The e-mail %s was left for later", job.letter.mail_id, exc_info=True)
            self._keep_outcomes()
            return False
        self._outcomes = []
        job.lives = begun
        self.env["mail.mail"]._delivery_checkpoint("begun")
        return True

    # -- what comes back ----------------------------------------------------------------------

    def _take(self, outcome):
        job = outcome.envelope.key
        now = fields.Datetime.now()
        self.env["mail.mail"]._delivery_checkpoint("answered")
        for result in outcome.result.recipients:
            row_id, one = job.lives[result.address]
            resting = None
            if result.verdict == HELD:
                resting = self._hold(result, now)
            else:
                self._worked = True
            concluded = one.conclude(result, now, self._schedule, random.random(), resting)
            self._outcomes.append((row_id, concluded))
        mail_id = job.letter.mail_id
        self._open[mail_id] -= 1
        if not self._open[mail_id]:
            self._done.append(mail_id)
        if self._exhausted:
            self._keep_outcomes()

    def _hold(self, result, now):
        """Note why the account cannot be used now; returns until when it rests."""
        if result.reason == why.THROTTLED:
            until = fields.Datetime.add(now, seconds=int(result.retry_after or 0) + 1)
            full_at = self._throttle.full_at.get(ACCOUNT, 0.0)
            if self._throttle.account and self._throttle.account.wait(full_at, time.monotonic()):
                self._stopped, self._until = True, until
            return until
        if not self._book.troubled:
            self._book.trouble(result, now, random.random())
        self._stopped = True
        self._until = self._book.health.resting_until
        return self._until

    def _store(self, pairs):
        """Write lives, and tell of those that are settled now."""
        Delivery_ = self.env["mail.mail.delivery"]
        stored = set(Delivery_._write_lives(pairs))
        settled = [row_id for row_id, one in pairs if one.state in life.SETTLED]
        Delivery_._settled([row_id for row_id in settled if row_id in stored])

    def _keep_outcomes(self):
        pairs, self._outcomes = self._outcomes, []
        if pairs:
            self.keeping.settle(lambda: self._store(pairs))

    def _conclude(self):
        """Tell Odoo's fields of the e-mails of which nothing is under way, and give them back."""
        if not self._done:
            return
        self._keep_outcomes()
        ids, self._done = self._done, []
        for id_ in ids:
            self._open.pop(id_, None)
        mails = self.env["mail.mail"].browse(ids)
        try:
            self.keeping.settle(mails._conclude_mails)
        except Exception:
            if not self.keeping.commits:
                raise
            # Their deliveries are noted; the next run concludes them without sending anything.
            _logger.exception("The outcome of the e-mails %s … could not be noted", ids[:10])
        self._release(ids)

    # -- going on later -----------------------------------------------------------------------

    def _postpone(self, ids, until):
        mails = self.env["mail.mail"]
        self.keeping.settle(lambda: mails._set_due(dict.fromkeys(ids, until)))
        self._wake(until)

    def _wake(self, at):
        self.keeping.settle(lambda: self.env["mail.mail"]._wake_queue(at))

    def _close_book(self):
        if self._worked and not self._book.troubled:
            self._book.worked()
        self._book.buckets_from(self._throttle)
        if self._book.changed and self.keeping.commits:
            self.keeping.settle(self._book.store)

    def _release(self, ids):
        ids = [id_ for id_ in ids if id_ in self._claimed]
        if ids:
            self.keeping.release(ids)
            self._claimed.difference_update(ids)
