"""How long rules took for their last turns: that tells with how many others one may share a turn.

Known to each process for itself.
"""

import math

#: A rule that needs longer for what it is due for keeps its transaction to itself.
QUICK_SECONDS = 0.5
#: With so many records a rule is tried out beside a few others: what it needs is not known yet.
TRIED_RECORDS = 100
#: About what a turn costs whatever its rule does; with more records it stays the same.
_FIXED_SECONDS = 0.03

QUICK, TRIED, ALONE = "quick", "tried", "alone"
_Key = tuple[str, int]
_paces: dict[_Key, tuple[int, float]] = {}
_failing: set[_Key] = set()
_put_off: set[_Key] = set()


def failed(database, rule_id):
    """Note that something failed in a turn of a rule that is not over yet."""
    _failing.add((database, rule_id))


def took(database, rule_id, count, seconds):
    """Note how long a turn took, unless something failed in it: then the next is its own again."""
    key = (database, rule_id)
    _put_off.discard(key)
    if key in _failing:
        _failing.discard(key)
        leave_alone(database, rule_id)
    else:
        _paces[key] = (count, seconds)


def leave_alone(database, rule_id):
    """Let the rule have its next turn by itself."""
    _paces[database, rule_id] = (1, math.inf)


def kind(database, rule_id, count):
    """Tell with whom a rule shares a turn about ``count`` records.

    :returns: :data:`QUICK` for many others, :data:`TRIED` for a few, :data:`ALONE` for none
    """
    if expected(database, rule_id, count) <= QUICK_SECONDS:
        return QUICK
    # The time of a turn about one record is mostly that of getting there: it tells little of more.
    _last, seconds = _paces.get((database, rule_id), (0, 0.0))
    return TRIED if seconds <= QUICK_SECONDS and count <= TRIED_RECORDS else ALONE


def expected(database, rule_id, count):
    """Return the seconds a turn about ``count`` records may take at most; ``inf`` if unknown."""
    last, seconds = _paces.get((database, rule_id), (1, math.inf))
    own = max(0.0, seconds - _FIXED_SECONDS)
    return _FIXED_SECONDS + own * max(1.0, count / last)


def put_off(database, rule_id):
    """Tell whether a rule may be put behind quick ones: once, or it might never have a turn."""
    key = (database, rule_id)
    if key in _put_off:
        return False
    _put_off.add(key)
    return True
