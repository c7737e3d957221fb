"""The turns of rules in a pass over what is due: find a batch, run it, stand behind the others."""

import time

from . import due_pace
from .schedule_run import MORE

#: Rules of a shared turn, by how well they are known. Quick ones are half as many as a transaction
#: has savepoints; of the others each may turn out to keep the few before it waiting.
MOST_RULES = {due_pace.QUICK: 25, due_pace.TRIED: 5, due_pace.ALONE: 1}


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
    def kind(self):
        """Tell with whom the first turn may be shared: see ``due_pace.kind``."""
        if not self.first:
            return due_pace.ALONE
        return due_pace.kind(self.rule.env.cr.dbname, self.rule.id, len(self.ids))

    def put_off(self):
        """Tell whether the first turn may be put behind those of others."""
        return due_pace.put_off(self.rule.env.cr.dbname, self.rule.id)

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

    def __init__(self, turns, most):
        """Take the :class:`DueTurns` of rules whose first turn is known.

        :param most: see :func:`share`
        """
        self._turns, self._most = {one.rule.id: one for one in turns}, most
        # As one recordset: what is read for one of them is read for all.
        self._rules = turns[0].rule.browse(self._turns)

    def __call__(self):
        """Take the turns.

        :returns: jobs for those that could not be taken together, or not yet
        """
        # Somebody else is at those that are not locked.
        locked = self._rules._lock_due_together()
        if not locked:
            return []
        try:
            ran, left = self._take(locked)
        finally:
            locked._unlock_due_together()
        alone = [self._turns[at] for at in locked._ids if at not in ran and at not in left]
        return [*alone, *share([self._turns[at] for at in left], self._most)]

    def _take(self, rules):
        """Return the ids of the rules that ran, and of those for which there was no time."""
        begun, told = [], {}
        if rules._together(lambda: begun.extend(rules._begin_together(self._turns))) and begun:
            rules = rules.browse(begun)
            if not rules._together(lambda: told.update(rules._fire_together(self._turns))):
                told = {}
        for rule in rules.browse(begun):
            if rule.id not in told.get("noted", ()):
                # Nobody has died.
                rule._in_own_transaction(lambda rule=rule: rule._note_attempt(0))
        return told.get("ran", ()), told.get("left", ())


def share(turns, most):
    """Put the turns of rules with little to do together.

    :param most: records of a shared turn
    :returns: jobs, in the order of the rules; who is not known yet comes behind the quick ones
    """
    groups, open_groups = [], {}
    for one in turns:
        kind, count = one.kind, len(one.ids)
        group, records = open_groups.get(kind, ([], 0))
        if not group or len(group) == MOST_RULES[kind] or records + count > most:
            group, records = [], 0
            groups.append((kind, group))
        group.append(one)
        open_groups[kind] = group, records + count
    return [
        SharedTurn(group, most) if len(group) > 1 else group[0] for group in _quick_first(groups)
    ]


def _quick_first(groups):
    """Return groups of turns, those of unknown rules behind the last one of quick rules.

    :param groups: [(kind, turns)] in the order of the rules
    """
    kinds = [kind for kind, _group in groups]
    last = len(kinds) - kinds[::-1].index(due_pace.QUICK) if due_pace.QUICK in kinds else 0
    before, behind = [], []
    for kind, group in groups[:last]:
        is_behind = kind == due_pace.TRIED and all([one.put_off() for one in group])
        (behind if is_behind else before).append(group)
    return [*before, *behind, *(group for _kind, group in groups[last:])]
