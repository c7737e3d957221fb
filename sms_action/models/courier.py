"""Carries messages: claim, note, send, note what became of them.

::

    for each round       claim the messages, note them as queued, choose their gateways
      for each gateway   for each block: note the block as sending  – commit –  send
                         as answers come: note the outcomes – commit –
    what a gateway could not take because of itself goes to the next one, or waits
    for messages done    tell Odoo's own fields what became of them – commit – give them back

A block is about what leaves in a second, so that a crash leaves few messages in doubt; outcomes are
noted together with the next block. The number of statements follows the seconds, not the messages.
"""

import contextlib
import logging
import time
from collections import defaultdict
from dataclasses import replace

import psycopg2

from odoo import fields
from odoo.exceptions import UserError

from ..core import reasons as why
from ..core.delivery import State
from ..core.outcome import Fate, Outcome
from .courier_load import Loading
from .courier_round import Round
from .sms_api import ToldApi, results_of

_logger = logging.getLogger(__name__)
#: Seconds after which a run, by however many gateways, makes room for other scheduled actions: one
#: that outlives `limit_time_real_cron` is killed with messages under way.
RUN_SECONDS = 50.0


class Courier(Loading):
    """One run over messages of the queue; made for it and thrown away."""

    def __init__(self, env, keeping, unlink_failed=False, unlink_sent=True):
        """Prepare.

        :param keeping: see :mod:`.keeping`
        :param unlink_failed: whether Odoo's SMS is deleted after a failure
        :param unlink_sent: whether it is deleted after it was sent
        """
        self.env = env
        self.keeping = keeping
        self._unlink = {"unlink_failed": unlink_failed, "unlink_sent": unlink_sent}
        self._claimed = set()
        self._changes = []
        """Parcels whose lives are not stored yet."""
        self._done = []
        """Parcels of which nothing is under way any more."""
        self._later = {}
        """Id of an ``sms.sms`` → when to go on with it."""
        self._ends_at = time.monotonic() + RUN_SECONDS

    def run(self, ids):
        """Send what is due of ``sms.sms`` records, and tell Odoo's fields what became of them."""
        try:
            self._run(self._load(ids))
            self._conclude()
        except Exception:
            self.keeping.undo()
            raise
        finally:
            self._release(set(self._claimed))

    def results(self, ids, others=()):
        """Send what is due; returns what became of it as Odoo's own providers tell it.

        :param ids: of ``sms.sms`` records
        :param others: parcels that are in no queue
        """
        self._run([*self._load(ids), *self._prepare(others)])
        self._give_up([parcel for parcel in others if self._is_open(parcel)])
        return results_of(self.env, self._done)

    def _give_up(self, parcels):
        """Refuse what the gateways do not take now, and nobody would try again."""
        now = fields.Datetime.now()
        for parcel in parcels:
            reason = parcel.life.reason or why.THROTTLED
            self._refuse(parcel, reason, parcel.life.reply, now)
        self._keep_changes()

    def is_late(self):
        """Tell whether no more may be begun in this run."""
        return time.monotonic() > self._ends_at

    def _run(self, waiting):
        while waiting:
            rounds, waiting = self._rounds(waiting), []
            for gateway, parcels in rounds:
                waiting += self._carry(gateway, parcels)
        self._postpone()

    # -- gateway by gateway -------------------------------------------------------------------

    def _rounds(self, parcels):
        """Return ``[(gateway, parcels)]``; what no gateway may take now is left for later."""
        groups, held = defaultdict(list), []
        awake = {one: one._may_try() for parcel in parcels for one in parcel.gateways}
        for parcel in parcels:
            gateway = next((one for one in parcel.gateways if awake[one]), None)
            if gateway is None:
                held.append(parcel)
            else:
                groups[gateway].append(parcel)
        self._hold(held)
        for gateway in [one for one in groups if not self._is_mine(one)]:
            self._leave(groups.pop(gateway))
        return list(groups.items())

    def _hold(self, parcels):
        """Leave messages for when the first of their gateways works again."""
        now = fields.Datetime.now()
        for parcel in parcels:
            gateway = min(parcel.gateways, key=lambda one: one.resting_until)
            told = Outcome(Fate.GATEWAY, gateway.reason or "", gateway.detail or "")
            life = parcel.life
            if now >= life.expires_at(gateway.validity_minutes):
                life = life.expire(now)
                self._done.append(parcel)
            else:
                life = replace(
                    life,
                    due_at=gateway.resting_until,
                    reason=told.reason,
                    reply=told.message,
                )
                self._later[parcel.sms_id] = life.due_at
            self._change(parcel, life)
        self._keep_changes()

    def _carry(self, gateway, parcels):
        """Send by one gateway; returns what another one has to try."""
        limited = bool(gateway.per_second)
        # The rate is the account's, not that of one process.
        if limited and not self.keeping.claim_account(gateway.id):
            soon = fields.Datetime.add(fields.Datetime.now(), minutes=1)
            self._later.update({parcel.sms_id: soon for parcel in parcels})
            return []
        try:
            return self._send(gateway, parcels)
        finally:
            if limited:
                self.keeping.release_account(gateway.id)

    def _open(self, gateway):
        """Return what sends, for a ``with`` block."""
        return contextlib.closing(gateway._transport())

    def _is_mine(self, gateway):
        """Tell whether its messages are this courier's; others may have a session open for them."""
        return not (self.keeping.commits and gateway._is_held())

    def _leave(self, parcels):
        """Give messages back to the queue, untouched: somebody else looks after them."""
        self._release({parcel.sms_id for parcel in parcels} & self._claimed)
        if self.keeping.commits and parcels:
            self.keeping.settle(self.env["sms.sms"]._wake_queue)

    def _send(self, gateway, parcels):
        one_round = Round(self, gateway, parcels)
        try:
            if not self.is_late():
                with self._open(gateway) as transport:
                    one_round.carry(transport)
        except UserError as error:
            one_round.blame(Outcome(Fate.GATEWAY, "description", str(error)))
        except Exception as error:
            if isinstance(error, psycopg2.Error) and not self.keeping.commits:
                raise
            # What is noted is noted, and the other gateways are not to blame.
            self.keeping.undo()
            _logger.exception("Sending by the gateway %s ended in an error", gateway.id)
            text = self.env._("The server's log says more.")
            one_round.blame(Outcome(Fate.GATEWAY, "error", text))
        one_round.finish()
        return one_round.left

    # -- what becomes of them -----------------------------------------------------------------

    def settled(self, parcel):
        """Take a parcel of which it is known what became of it."""
        self._done.append(parcel)

    def later(self, parcel):
        """Take a parcel that is tried again."""
        self._later[parcel.sms_id] = parcel.life.due_at

    def _conclude(self):
        """Let Odoo do its own bookkeeping about the messages that are done."""
        if not self._done:
            return
        try:
            self.keeping.settle(self._tell)
        except Exception:
            # What became of them is noted; the next run tells it without sending anything.
            self.keeping.undo()
            ids = [parcel.sms_id for parcel in self._done[:10]]
            _logger.exception("The outcome of the SMS %s … could not be told", ids)

    def _tell(self):
        self.env["sms.message"]._checkpoint("concluding")
        # Reports may have come in the meantime: what they say must not be undone.
        lives = self.env["sms.message"]._lives_of("id", [one.id for one in self._done], lock=True)
        done = []
        for parcel in self._done:
            parcel.life = lives[parcel.id][1]
            # Somebody may have queued it anew already.
            if parcel.life.state not in (State.QUEUED, State.SENDING):
                done.append(parcel)
        records = self.env["sms.sms"].sudo().browse([one.sms_id for one in done]).exists()
        if records:
            told = ToldApi(self.env, results_of(self.env, done))
            records.with_context(sms_api=told)._send(**self._unlink)

    def _postpone(self):
        moments = {sms_id: due for sms_id, due in self._later.items() if sms_id}
        if moments:
            queue = self.env["sms.sms"].sudo()
            self.keeping.settle(lambda: queue._set_due(moments))

    def _release(self, ids):
        if ids:
            self.keeping.release(list(ids))
            self._claimed.difference_update(ids)
