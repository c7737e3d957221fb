"""The turns of rules in a pass over what is due: find a batch, run it, stand behind the others."""

import time

from . import due_pace
from .schedule_run import MORE

#: Rules of a shared turn: half as many as a transaction has savepoints.
MOST_RULES = 25


class DueTurns:
    """The turns of one rule in one pass over what is due."""

    def __init__(self, rule, first=None, is_whole=True):
        """Take the rule, and what it is due for if that is known (``_begin_turn``).

        :param is_whole: whether nothing that is due was left out when that was looked for
        """
        self.rule, self.first = rule, first
        self.is_whole = is_whole or not first
        self._after = self._written = None
        self._was_undecided = False
        self._parts = []

    @property
    def ids(self):
        """Return the records the first turn is about, as far as that is known."""
        return {item.res_id for item in self.first["items"]} if self.first else set()

    @property
    def is_quick(self):
        """Tell whether the first turn may be expected not to keep others waiting."""
        if not self.first:
            return False
        expected = due_pace.expected(self.rule.env.cr.dbname, self.rule.id, len(self.ids))
        return expected <= due_pace.QUICK_SECONDS

    def __call__(self):
        """Take one turn.

        :returns: as the jobs of ``_timed_jobs``
        """
        if not self.rule._lock_due():
            # Somebody else is at it.
            return True
        try:
            return self._take_turn()
        finally:
            self.rule._unlock_due()

    def _take_turn(self):
        rule, turn = self.rule, {}
        if not rule._in_own_transaction(lambda: turn.update(self._look())):
            return False
        self.first = None
        if "items" not in turn:
            return True
        if turn["items"]:
            return self._fire(rule, turn)
        if not self._was_undecided:
            rule._wake_for_parts(self._parts)
            return True
        self._after, self._was_undecided, self.is_whole = None, False, True
        return MORE

    def _look(self):
        if self.first:
            if turn := self.rule._begin_turn(**self.first):
                return turn
            self.is_whole = True
        if self._after and self.rule.write_date != self._written:
            # Of a rule that was changed, others may be due.
            self._after = None
        may_share = not self.rule._has_open_parts(self._parts)
        return self.rule._look_for_due(self._after, may_share, self._is_clear)

    @property
    def _is_clear(self):
        """Whether all is done that these turns have left behind.

        Otherwise the rule's last run stays: it may be all that keeps older moments from being
        outside of the window.
        """
        return self.is_whole and not self._was_undecided and not self._parts

    def _fire(self, rule, turn):
        result, self._written = {}, turn["written"]
        began, database = time.monotonic(), rule.env.cr.dbname
        if turn["parts"]:
            self._parts = turn["parts"]
        turn["is_all"] = turn["is_last"] and self._is_clear
        done = rule._in_own_transaction(
            lambda: result.update(rule._fire_due(turn)), lambda: rule._due_turn_failed(turn)
        )
        if not done or not result:
            due_pace.failed(database, rule.id)
        count = len({item.res_id for item in turn["items"]})
        due_pace.took(database, rule.id, count, time.monotonic() - began)
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


class SharedTurn:
    """A job of a pass: the first turns of several rules."""

    def __init__(self, turns):
        """Take the :class:`DueTurns` of rules whose first turn is known."""
        self._turns = {one.rule.id: one for one in turns}
        # As one recordset: what is read for one of them is read for all.
        self._rules = turns[0].rule.browse(self._turns)

    def __call__(self):
        """Take the turns.

        :returns: those that their rules have to take by themselves
        """
        locked = self._rules._lock_due_together()
        if not locked:
            return []
        try:
            done = self._take(locked)
        finally:
            locked._unlock_due_together()
        # Somebody else is at those that are not locked.
        return [self._turns[rule_id] for rule_id in locked._ids if rule_id not in done]

    def _take(self, rules):
        begun, ended = [], {}
        if not rules._together(lambda: begun.extend(rules._begin_together(self._turns))):
            return ()
        rules = rules.browse(begun)
        if not rules._together(lambda: ended.update(rules._fire_together(self._turns))):
            ended = {}
        for rule in rules:
            if not ended.get(rule.id, False):
                # Nobody has died.
                rule._in_own_transaction(lambda rule=rule: rule._note_attempt(0))
        return ended


def share(turns, most):
    """Put the turns of quick rules with little to do together.

    :param most: records of a shared turn
    :returns: jobs, in the order of the rules
    """
    groups, shared, count = [], None, 0
    for one in turns:
        if not one.is_quick:
            groups.append([one])
            continue
        count += len(one.ids)
        if shared is None or len(shared) == MOST_RULES or count > most:
            shared, count = [], len(one.ids)
            groups.append(shared)
        shared.append(one)
    return [SharedTurn(group) if len(group) > 1 else group[0] for group in groups]
