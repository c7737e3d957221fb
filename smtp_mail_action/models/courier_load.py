"""The first half of a courier's work: claim e-mails, build them, note whom they are for."""

import logging
from collections import deque
from dataclasses import dataclass

import psycopg2

from odoo import fields

from ..core import delivery as life
from ..core import reasons as why
from ..core.delivery import Delivery
from .letters import CatchingSession, RefusingSession, write_letters

_logger = logging.getLogger(__name__)

#: E-mails built at once, and the bytes after which a load is full: they are in memory together.
LOAD_MAILS = 50
LOAD_BYTES = 8 * 1024 * 1024


@dataclass
class Job:
    """A letter on its way: its recipients that are due."""

    letter: object
    lives: dict
    """Address → ``(row id, Delivery)``."""


class Loading:
    """Part of :class:`.courier.Courier`, which has the fields."""

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
            self._forget_strangers(letters, known.get(mail.id, {}))
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
        """Return the letters of an e-mail, None if it has none and Odoo has noted why."""
        session = CatchingSession(self.server._smtp_from_filter(), self.smtp_from)
        try:
            letters = write_letters(mail, session, self.server, self.alias_domain, followers)
        except (psycopg2.Error, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with it, Odoo names it again below
            letters = []
        if letters:
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
                elif letter.problem and one.state in life.WAITING:
                    self._outcomes.append((row_id, _first(letter, address, now)))
                elif one.is_due(now) or (one.state in life.WAITING and self.keeping.insists):
                    lives[address] = (row_id, one)
            if not letter.problem and not letter.taken:
                jobs.append(Job(letter, lives))
        # Only those with somebody to send to; new rows join in `_insert`.
        new = {id(lives) for _fixed, _life, lives in rows}
        jobs = [job for job in jobs if job.lives or id(job.lives) in new]
        self._open[mail.id] = len(jobs)
        return jobs

    def _forget_strangers(self, letters, known):
        """Remove who waits for an e-mail but is none of its recipients any more: it was edited."""
        wanted = {(letter.part, address) for letter in letters for address in letter.recipients}
        strangers = [
            row_id
            for key, (row_id, one) in known.items()
            if one.state in life.WAITING and key not in wanted
        ]
        # Nothing was sent to them.
        self.env["mail.mail.delivery"].sudo().browse(strangers).unlink()

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
            "is_echo": mail.delivery_is_echo,
        }

    def _insert(self, rows):
        ids = self.env["mail.mail.delivery"]._insert_lives(
            [(fixed, one) for fixed, one, _lives in rows]
        )
        for row_id, (fixed, one, lives) in zip(ids, rows, strict=True):
            lives[fixed["address"]] = (row_id, one)
        settled = [
            row_id
            for row_id, (_fixed, one, _lives) in zip(ids, rows, strict=True)
            if one.state in life.SETTLED
        ]
        self.env["mail.mail.delivery"]._settled(settled)


def _first(letter, address, now):
    """Return the delivery of a recipient who was not tried before."""
    one = Delivery(address, queued_at=now)
    if letter.problem:
        reason = why.INVALID_ADDRESS if address else why.MISSING_ADDRESS
        return Delivery(address, now, life.REFUSED, reason=reason, settled_at=now)
    if letter.taken:
        return Delivery(address, now, life.SENT, attempts=1, tried_at=now, settled_at=now)
    return one
