"""One rule's turns in a pass over what is due: find a batch, run it, stand behind the others."""

from .schedule_run import MORE


class DueTurns:
    """The turns of one rule in one pass over what is due."""

    def __init__(self, rule, first=None):
        """Take the rule, and what it is due for if that is known (``_begin_turn``)."""
        self._rule, self._first = rule, first
        self._after = None
        self._was_undecided = False
        self._parts = []

    def __call__(self):
        """Take one turn.

        :returns: as the jobs of ``_timed_jobs``
        """
        if not self._rule._lock_due():
            # Somebody else is at it.
            return True
        try:
            return self._take_turn()
        finally:
            self._rule._unlock_due()

    def _take_turn(self):
        rule, turn = self._rule, {}
        if not rule._in_own_transaction(lambda: turn.update(self._look())):
            return False
        self._first = None
        if "items" not in turn:
            return True
        if turn["items"]:
            return self._fire(rule, turn)
        if not self._was_undecided:
            rule._wake_for_parts(self._parts)
            return True
        self._after, self._was_undecided = None, False
        return MORE

    def _look(self):
        if first := self._first:
            return self._rule._begin_turn(**first)
        may_share = not self._rule._has_open_parts(self._parts)
        return self._rule._look_for_due(self._after, may_share)

    def _fire(self, rule, turn):
        result = {}
        if turn["parts"]:
            self._parts = turn["parts"]
        # What is given away is not done yet.
        turn["is_last"] = turn["is_last"] and not self._parts
        done = rule._in_own_transaction(
            lambda: result.update(rule._fire_due(turn)), lambda: rule._due_turn_failed(turn)
        )
        if not done:
            # It collided with somebody; nobody has died.
            rule._in_own_transaction(lambda: rule._note_attempt(turn["attempt"]))
            return done
        if result and result["undecided"] == len(turn["items"]):
            return False
        self._was_undecided |= not result or bool(result["undecided"])
        if turn["is_last"] and not self._was_undecided:
            return True
        self._after = turn["behind"] if rule._due_resumes() else None
        return MORE
