"""What gateways answer: stored with its parts, behind what reports have said already."""

import random

from odoo import api, fields, models

from ..core.delivery import State, advance
from ..core.outcome import Fate


class SmsMessage(models.Model):
    _inherit = "sms.message"

    @api.model
    def _store_outcomes(self, answers, gateway):
        """Store outcomes of attempts with a number of statements that does not depend on theirs.

        :param answers: list of ``(id, Life with the attempt, Outcome, held until or None)``
        :returns: ``{id: Life}``
        """
        if not answers:
            return {}
        now = fields.Datetime.now()
        current = self._lives_of("id", [answer[0] for answer in answers], lock=True)
        lives, parts = {}, []
        for id_, life, outcome, held_until in answers:
            known = current[id_][1] if id_ in current else life
            lives[id_] = known.conclude(
                outcome, now, random.random(), gateway.validity_minutes, held_until
            )
            if outcome.fate is Fate.ACCEPTED or outcome.provider_ids:
                # A report by reference may have said more than that it was accepted.
                state = advance(State.ACCEPTED, known.state)
                ids = outcome.provider_ids or ("",)
                parts += [(id_, number, one, state) for number, one in enumerate(ids, start=1)]
        overtaken = self.env["sms.message.part"]._insert_parts(parts, gateway.id, now)
        for id_, (state, code) in overtaken.items():
            lives[id_] = lives[id_].report(state, code, now)
        self._write_lives(list(lives.items()))
        self._settled([id_ for id_, life in lives.items() if life.settled_at])
        return lives

    @api.model
    def _take_late_answers(self, answers):
        """Store answers that came after their time, to messages that are in doubt.

        So are those still noted as being sent whose sender has failed meanwhile.

        :param answers: list of ``(id, Outcome)``
        """
        outcomes = dict(answers)
        lives = self._lives_of("id", list(outcomes), lock=True)
        doubtful = (State.IN_DOUBT, State.SENDING)
        doubted = {id_: life for id_, life in lives.values() if life.state in doubtful}
        for gateway, messages in self.browse(doubted).grouped("gateway_id").items():
            changed = self._store_outcomes(
                [(one.id, doubted[one.id], outcomes[one.id], None) for one in messages], gateway
            )
            self._tell_changes(
                {id_: life for id_, life in changed.items() if life.state is not State.IN_DOUBT}
            )

    @api.model
    def _settled(self, ids):
        """Do nothing. Called with the ids of messages just settled; what extends it is undone
        with the note of the outcome if it raises an error of the database."""

    @api.model
    def _checkpoint(self, name):
        """Do nothing. Called at named places between the steps of a message's way.

        Tests replace it to end the process there; see ``tests/e2e``.
        """
