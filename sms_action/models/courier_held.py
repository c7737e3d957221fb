"""A courier of the long-lived process: it has one gateway, and a session that is held already."""

import contextlib

from .courier import Courier
from .keeping import Committing


class Alone(Committing):
    """Commits by turns with the thread that stores the reports of the same gateway.

    Both write the same messages: without turns each would often find that the other was quicker,
    and do its work again.
    """

    def __init__(self, env, turns):
        """Prepare.

        :param turns: a lock that the other thread takes as well
        """
        super().__init__(env)
        self._turns = turns

    def settle(self, function):
        """As usual, and nobody else's turn meanwhile."""
        with self._turns:
            # Else it would see the messages as they were before the other one's turn.
            self.keep()
            return super().settle(function)


class HeldCourier(Courier):
    """Carries the messages of one gateway over a session it neither opens nor closes."""

    def __init__(self, env, keeping, gateway, session, ending):
        """Prepare.

        :param session: an ``SmppGateway``
        :param ending: an event; once it is set, what is under way is finished and no more begun
        """
        super().__init__(env, keeping)
        self._gateway = gateway
        self._session = session
        self._ending = ending

    def _is_mine(self, gateway):
        return gateway == self._gateway

    def _leave(self, parcels):
        # Without waking anybody: this is woken by itself as well.
        self._release({parcel.sms_id for parcel in parcels} & self._claimed)

    def _open(self, gateway):
        return contextlib.nullcontext(_Held(self._session, self._ending))


class _Held:
    """The session, for one round."""

    def __init__(self, session, ending):
        self._session = session
        self._ending = ending

    def send(self, messages):
        return self._session.send(self._until_the_end(messages))

    def _until_the_end(self, messages):
        for message in messages:
            yield message
            # What was not asked for goes back to the queue.
            if self._ending.is_set():
                return
