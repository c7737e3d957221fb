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
from dataclasses import dataclass

import psycopg2

from odoo import fields
from odoo.exceptions import UserError

from ..core import delivery as life
from ..core import reasons as why
from ..core.classification import HELD
from ..core.delivery import Delivery
from ..core.throttle import ACCOUNT
from ..transports import Envelope, SessionPool
from .letters import CatchingSession, RefusingSession, write_letters

_logger = logging.getLogger(__name__)

#: E-mails built at once, and the bytes after which a load is full: they are in memory together.
LOAD_MAILS = 50
LOAD_BYTES = 8 * 1024 * 1024
#: Seconds after which a run over a throttled account makes room for other scheduled actions.
THROTTLED_RUN_SECONDS = 50.0


@dataclass
class Job:
    """A letter on its way: its recipients that are due."""

    letter: object
    lives: dict
    """Address → ``(row id, Delivery)``."""


class Courier:
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
                        letter.sender, tuple(job.lives), letter.content, job, letter.smtputf8
                    )
        self._exhausted = True

    def _is_late(self):
        if self._deadline is None or time.monotonic() < self._deadline:
            return False
        self._stopped = True
        self._until = fields.Datetime.now()
        return True

    def _load(self, waiting):
        """Return the jobs of the next load."""
        self._conclude()
        ids = [waiting.popleft() for _number in range(min(LOAD_MAILS, len(waiting)))]
        try:
            return self._build(ids, waiting)
        except psycopg2.Error:
            if not self.keeping.commits:
                raise
            self.keeping.undo()
            for id_ in ids:
                self._open.pop(id_, None)
            if len(ids) == 1:
                # It stays in the queue and holds up nobody.
                _logger.exception("The e-mail %s could not be prepared for sending", ids[0])
                self._release(ids)
                return []
        self._release(ids)
        jobs = []
        for one in ids:
            jobs += self._load(deque([one]))
        return jobs

    def _build(self, ids, waiting):
        self.env.invalidate_all()
        claimed = self.keeping.claim(ids)
        self._claimed.update(claimed)
        mails = self.env["mail.mail"].browse(claimed).exists()
        mails = mails.filtered(lambda mail: mail.state == "outgoing")
        self._release(set(claimed) - set(mails.ids))
        known = self.env["mail.mail.delivery"]._lives_of(mails.ids)
        self._recover(known)
        with_link = mails.filtered(lambda mail: "/mail/unfollow" in (mail.body_html or ""))
        followers = self.env["mail.followers"]._get_mail_doc_to_followers(with_link.ids)
        jobs, rows, size = [], [], 0
        for number, mail in enumerate(mails):
            letters = self._letters(mail, followers)
            if letters is None:
                self._release([mail.id])
                continue
            jobs += self._jobs_of(mail, letters, known.get(mail.id, {}), rows)
            size += sum(len(letter.content) for letter in letters)
            if size > LOAD_BYTES and mail != mails[-1]:
                left = mails[number + 1 :].ids
                self._release(left)
                waiting.extendleft(reversed(left))
                break
        self._insert(rows)
        self._done += [id_ for id_ in mails.ids if id_ in self._claimed and not self._open.get(id_)]
        self.env.flush_all()
        self.keeping.keep()
        return jobs

    def _recover(self, known):
        """Deliveries in the middle of an attempt, although their mail was free: a crash."""
        now = fields.Datetime.now()
        found = []
        for lives in known.values():
            for key, (row_id, one) in lives.items():
                if one.state == life.SENDING:
                    lives[key] = (row_id, one.recover(now))
                    found.append(lives[key])
        self._store(found)

    def _letters(self, mail, followers):
        """Return the letters of an e-mail, None if it cannot be sent and Odoo has noted why."""
        session = CatchingSession(self.server._smtp_from_filter(), self.smtp_from)
        try:
            letters = write_letters(mail, session, self.server, self.alias_domain, followers)
        except (psycopg2.Error, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with it, Odoo names it again below
            letters = []
        if any(not letter.problem for letter in letters):
            return letters
        # Odoo meets the same fault, and knows its own words and fields for it.
        mail._send(
            smtp_session=RefusingSession(session.from_filter, self.smtp_from),
            alias_domain_id=self.alias_domain.id,
            mail_server=self.server,
        )
        return None

    def _jobs_of(self, mail, letters, known, rows):
        """Return the jobs of an e-mail; what has to be inserted first is added to ``rows``."""
        now = fields.Datetime.now()
        jobs = []
        for letter in letters:
            lives = {}
            for address in letter.recipients:
                row_id, one = known.get((letter.part, address), (None, None))
                if one is None:
                    one = _first(letter, address, now)
                    rows.append((self._fixed(mail, letter, address), one, lives))
                elif one.is_due(now) or (one.state in life.WAITING and self.keeping.insists):
                    lives[address] = (row_id, one)
            if not letter.problem and not letter.taken:
                jobs.append(Job(letter, lives))
        # Only those with somebody to send to; new rows join in `_insert`.
        new = {id(lives) for _fixed, _life, lives in rows}
        jobs = [job for job in jobs if job.lives or id(job.lives) in new]
        self._open[mail.id] = len(jobs)
        return jobs

    def _fixed(self, mail, letter, address):
        return {
            "mail_mail_id": mail.id,
            "mail_number": mail.id,
            "mail_message_id": mail.mail_message_id.id,
            "message_id": mail.message_id or None,
            "subject": mail.subject or None,
            "model": mail.model or None,
            "res_id": mail.res_id or None,
            "partner_id": letter.partner.id or None,
            "part": letter.part,
            "address": address,
            "sender": letter.sender or None,
            "mail_server_id": self.server.id or None,
            "account_name": self._account_name,
        }

    def _insert(self, rows):
        ids = self.env["mail.mail.delivery"]._insert_lives(
            [(fixed, one) for fixed, one, _lives in rows]
        )
        for row_id, (fixed, one, lives) in zip(ids, rows, strict=True):
            lives[fixed["address"]] = (row_id, one)

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
        if not self._stopped:
            self._book.trouble(result, now, random.random())
            self._stopped = True
        self._until = self._book.health.resting_until
        return self._until

    def _store(self, pairs):
        """Write lives, and tell of those that are settled now."""
        Delivery_ = self.env["mail.mail.delivery"]
        Delivery_._write_lives(pairs)
        Delivery_._settled([row_id for row_id, one in pairs if one.state in life.SETTLED])

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


def _first(letter, address, now):
    """Return the delivery of a recipient who was not tried before."""
    one = Delivery(address, queued_at=now)
    if letter.problem:
        return Delivery(address, now, life.REFUSED, reason=why.BAD_ADDRESS, settled_at=now)
    if letter.taken:
        return Delivery(address, now, life.SENT, attempts=1, tried_at=now, settled_at=now)
    return one
