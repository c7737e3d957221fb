"""One rule's turns in a pass over what is due: find a batch, run it, stand behind the others."""

from .schedule_run import MORE


class DueTurns:
    """The turns of one rule in one pass over what is due."""

    def __init__(self, rule):
        self._rule = rule
        self._after = None
        self._was_undecided = False

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
        if not rule._in_own_transaction(lambda: turn.update(rule._look_for_due(self._after))):
            return False
        if "items" not in turn:
            return True
        if not turn["items"]:
            if not self._was_undecided:
                return True
            self._after, self._was_undecided = None, False
            return MORE
        return self._fire(rule, turn)

    def _fire(self, rule, turn):
        result = {}
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
        last = turn["items"][-1]
        self._after = (last.res_id, last.value) if rule._due_resumes() else None
        return MORE
