"""Messages on their way through one gateway."""

import random
import time
from collections import deque
from dataclasses import replace

from odoo import fields

from ..core import reasons as why
from ..core.delivery import State
from ..core.errors import NumberError
from ..core.message import Message
from ..core.numbers import FIXED, PREMIUM, check_line, parse_sender
from ..core.outcome import Fate, Outcome, in_doubt
from ..core.transliterate import cheaper
from ..transports.http_client import BEARABLE_REFUSALS, BEARABLE_SECONDS

#: Messages of the first block, and of the largest one.
FIRST_BLOCK, LARGEST_BLOCK = 50, 500
#: Seconds a block should take, and after which outcomes are noted.
BLOCK_SECONDS = 1.0


class Round:
    """What one gateway gets of a courier's messages."""

    def __init__(self, courier, gateway, parcels):
        self._courier = courier
        self._keeping = courier.keeping
        self._messages = courier.env["sms.message"]
        self._gateway = gateway
        self._waiting = deque(parcels)
        self._begun = {}
        """Id → parcel whose attempt is noted, and which the transport has not asked for yet."""
        self._flying = {}
        """Id → parcel the transport has."""
        self._expired = []
        """Parcels that are too old to be sent."""
        self._answers = []
        """Pairs of parcel and outcome that are not stored yet."""
        self._callback = ""
        self._stop = None
        """Outcome for which the gateway gets nothing more."""
        self._refusals = self._answered = 0
        self._started = self._noted = time.monotonic()
        self.left = []
        """Parcels for another gateway."""

    # -- what goes out ------------------------------------------------------------------------

    def carry(self, transport):
        """Hand over message by message, and take the answers."""
        self._callback = self._gateway._callback_template()
        for answer in transport.send(self._going()):
            self._take(answer)

    def _going(self):
        while not self._stop and not self._courier.is_late() and self._waiting:
            for message in self._next_block():
                if self._stop:
                    return
                self._flying[message.key] = self._begun.pop(message.key)
                yield message

    def _block_size(self):
        seconds = time.monotonic() - self._started
        size = FIRST_BLOCK
        if self._answered and seconds > 0:
            size = max(size, int(self._answered / seconds * BLOCK_SECONDS))
        if self._gateway.per_second:
            size = min(size, max(1, int(self._gateway.per_second * BLOCK_SECONDS)))
        return min(size, LARGEST_BLOCK)

    def _next_block(self):
        """Note attempts, so that a crash after this leaves a doubt and no second message."""
        size = self._block_size()
        taken = [self._waiting.popleft() for _number in range(min(size, len(self._waiting)))]
        now = fields.Datetime.now()
        written = [(parcel, self._write(parcel, now)) for parcel in taken]
        rows = [
            (parcel, message, parcel.life.begin(now))
            for parcel, message in written
            if message is not None
        ]
        answers = list(self._answers)
        concluded, begun = self._keeping.settle(lambda: self._begin(answers, rows, now))
        self._sort(answers, concluded)
        self._expired = []
        for parcel, message, life in rows:
            if parcel.id in begun:
                parcel.life = life
                self._begun[message.key] = parcel
        self._messages._checkpoint("begun")
        return [message for parcel, message, _life in rows if parcel.id in begun]

    def _begin(self, answers, rows, now):
        """Return ``({id: Life} of what was answered, ids of what is begun)``."""
        concluded = self._store(answers)
        self._give_up(now)
        if not rows:
            return concluded, set()
        gateway = self._gateway
        begun = self._messages._begin_rows(
            [
                (
                    parcel.id,
                    life,
                    gateway.id,
                    gateway._part_count(message.text),
                    parcel.sender or gateway.sender,
                )
                for parcel, message, life in rows
            ]
        )
        # Cancelled or deleted in the queue since it was claimed.
        gone = [parcel for parcel, _message, _life in rows if parcel.id not in begun]
        self._messages._write_lives([(one.id, one.life.cancel(now)) for one in gone])
        return concluded, begun

    def _give_up(self, now):
        """Note what is too old to be sent."""
        for parcel in self._expired:
            if parcel.life.state is State.QUEUED:
                parcel.life = parcel.life.expire(now)
                self._courier.settled(parcel)
        self._messages._write_lives([(one.id, one.life) for one in self._expired])
        self._messages._settled([one.id for one in self._expired])

    def _write(self, parcel, now):
        """Return the message for the gateway; None if it takes none to such a line, or so late."""
        gateway = self._gateway
        refused = {PREMIUM} if gateway.fixed_lines else {FIXED, PREMIUM}
        try:
            check_line(parcel.address, frozenset(refused))
        except NumberError as error:
            reason = why.of_number(error.reason)
            self._answers.append((parcel, Outcome(Fate.FAILED, reason, str(error))))
            return None
        left = parcel.life.expires_at(gateway.validity_minutes) - now
        if gateway.validity_minutes and left.total_seconds() <= 0:
            self._expired.append(parcel)
            return None
        sender = parcel.sender or gateway.sender
        return Message(
            key=parcel.id,
            to=parcel.address,
            text=self._text(parcel.text),
            sender=parse_sender(sender) if sender else None,
            reference=parcel.uuid,
            callback_url=self._callback.replace("{reference}", parcel.uuid),
            validity_minutes=max(1, int(left.total_seconds() / 60))
            if gateway.validity_minutes
            else 0,
        )

    def _text(self, text):
        return cheaper(text) if self._gateway.transliterate else text

    # -- what comes back ----------------------------------------------------------------------

    def _take(self, answer):
        parcel = self._flying.pop(answer.key, None)
        if parcel is None:
            # An answer after its time, to a message of an earlier run.
            late = [(answer.key, answer.outcome)]
            self._keeping.settle(lambda: self._messages._take_late_answers(late))
            return
        self._messages._checkpoint("answered")
        self._answered += 1
        self._judge(answer.outcome)
        self._answers.append((parcel, answer.outcome))
        full = len(self._answers) >= LARGEST_BLOCK
        if full or time.monotonic() - self._noted > BLOCK_SECONDS:
            self._keep_answers()

    def _judge(self, outcome):
        """Stop if the gateway is to blame; a short pause it asks for is the transport's matter."""
        if not why.holds_gateway(outcome):
            self._refusals = 0
            return
        self._refusals += 1
        bearable = (
            outcome.reason == why.THROTTLED
            and (outcome.retry_after or 0) <= BEARABLE_SECONDS
            and self._refusals < BEARABLE_REFUSALS
        )
        if not bearable:
            self.blame(outcome)

    def blame(self, outcome):
        """Have the gateway rest."""
        if self._stop is None:
            self._stop = outcome
            self._keeping.settle(lambda: self._gateway._note_trouble(outcome, random.random()))

    def _keep_answers(self):
        answers = list(self._answers)
        if answers:
            self._sort(answers, self._keeping.settle(lambda: self._store(answers)))

    def _store(self, answers):
        return self._messages._store_outcomes(
            [
                (parcel.id, parcel.life, outcome, self._held_until(outcome))
                for parcel, outcome in answers
            ],
            self._gateway,
        )

    def _held_until(self, outcome):
        """Return until when a message waits for the gateway; None if that is not to blame."""
        if not (outcome.surely_unsent and why.holds_gateway(outcome)):
            return None
        if self._stop and self._gateway.resting_until:
            return self._gateway.resting_until
        seconds = int(outcome.retry_after or 0) + 1
        return fields.Datetime.add(fields.Datetime.now(), seconds=seconds)

    def _sort(self, answers, concluded):
        """Put the parcels whose outcomes are stored where they go next."""
        self._answers = self._answers[len(answers) :]
        self._noted = time.monotonic()
        for parcel, outcome in answers:
            parcel.life = concluded[parcel.id]
            if parcel.life.state is not State.QUEUED:
                self._courier.settled(parcel)
            elif self._stop and why.holds_gateway(outcome):
                self.left.append(parcel)
            else:
                self._courier.later(parcel)

    # -- the end ------------------------------------------------------------------------------

    def finish(self):
        """Account for every message: nothing is lost, and nothing is sent again in silence."""
        lost = in_doubt("error", self._courier.env._("Sending ended before the answer."))
        self._answers += [(parcel, lost) for parcel in self._flying.values()]
        self._flying = {}
        self._keep_answers()
        self._take_back()
        if self._stop:
            self.left += self._waiting
        else:
            soon = fields.Datetime.now()
            for parcel in self._waiting:
                parcel.life = replace(parcel.life, due_at=soon)
                self._courier.later(parcel)
        if self._answered and not self._stop:
            self._keeping.try_to(self._gateway._note_success)

    def _take_back(self):
        """Note as queued what the transport has never asked for."""
        parcels = list(self._begun.values())
        self._begun = {}
        lives = [(parcel.id, parcel.life.unsend()) for parcel in parcels]
        self._keeping.settle(lambda: self._messages._write_lives(lives))
        for parcel, (_id, life) in zip(parcels, lives, strict=True):
            parcel.life = life
        self._waiting.extendleft(reversed(parcels))
