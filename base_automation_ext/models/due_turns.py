"""One rule's turns in a pass over what is due: find a batch, run it, stand behind the others."""

from .schedule_run import MORE


class DueTurns:
    """The turns of one rule in one pass over what is due."""

    def __init__(self, rule, first=None, is_whole=True):
        """Take the rule, and what it is due for if that is known (``_begin_turn``).

        :param is_whole: whether nothing that is due was left out when that was looked for
        """
        self._rule, self._first = rule, first
        self._is_whole = is_whole or not first
        self._after = self._written = None
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
        self._after, self._was_undecided, self._is_whole = None, False, True
        return MORE

    def _look(self):
        if self._first:
            if turn := self._rule._begin_turn(**self._first):
                return turn
            self._is_whole = True
        if self._after and self._rule.write_date != self._written:
            # Of a rule that was changed, others may be due.
            self._after = None
        may_share = not self._rule._has_open_parts(self._parts)
        return self._rule._look_for_due(self._after, may_share, self._is_clear)

    @property
    def _is_clear(self):
        """Whether all is done that these turns have left behind.

        Otherwise the rule's last run stays: it may be all that keeps older moments from being
        outside of the window.
        """
        return self._is_whole and not self._was_undecided and not self._parts

    def _fire(self, rule, turn):
        result, self._written = {}, turn["written"]
        if turn["parts"]:
            self._parts = turn["parts"]
        turn["is_all"] = turn["is_last"] and self._is_clear
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
        # Behind what is given away the rest is looked for.
        if turn["is_last"] and not self._was_undecided and not self._parts:
            return True
        self._after = turn["behind"] if rule._due_resumes() else None
        return MORE
