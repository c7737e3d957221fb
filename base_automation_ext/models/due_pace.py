"""How long rules took for their last turns: only quick ones share a transaction with others.

Known to each process for itself. A rule that is unknown has a turn of its own, which tells.
"""

import math

#: A rule that needs longer for what it is due for keeps its transaction to itself.
QUICK_SECONDS = 0.5
#: About what a turn costs whatever its rule does; with more records it stays the same.
_FIXED_SECONDS = 0.03
_Key = tuple[str, int]
_paces: dict[_Key, tuple[int, float]] = {}
_failing: set[_Key] = set()


def failed(database, rule_id):
    """Note that something failed in a turn of a rule that is not over yet."""
    _failing.add((database, rule_id))


def took(database, rule_id, count, seconds):
    """Note how long a turn took, unless something failed in it: then nothing is known."""
    key = (database, rule_id)
    if key in _failing:
        _failing.discard(key)
        _paces.pop(key, None)
    else:
        _paces[key] = (count, seconds)


def forget(database, rule_id):
    """Let the rule have its next turn by itself."""
    _paces.pop((database, rule_id), None)


def expected(database, rule_id, count):
    """Return the seconds a turn about ``count`` records may take at most; ``inf`` if unknown."""
    last, seconds = _paces.get((database, rule_id), (1, math.inf))
    own = max(0.0, seconds - _FIXED_SECONDS)
    return _FIXED_SECONDS + own * max(1.0, count / last)
