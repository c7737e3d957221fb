"""What a transaction has promised to do later, and taking such promises back.

``cr.precommit``, ``postcommit``, ``prerollback`` and ``postrollback`` survive a rolled-back
savepoint: a webhook registered inside it would still leave after the commit.
"""

import copy
from contextlib import contextmanager

_QUEUES = ("precommit", "postcommit", "prerollback", "postrollback")


def snapshot_queues(cr):
    """Return the state of the four callback queues of ``cr``."""
    return {
        name: (
            list(getattr(cr, name)._funcs),
            # Values are mostly dicts and lists that callers grow in place; one level is enough,
            # since the entries themselves are not changed.
            {key: copy.copy(value) for key, value in getattr(cr, name).data.items()},
        )
        for name in _QUEUES
    }


def restore_queues(cr, snapshot):
    """Bring the four callback queues of ``cr`` back to ``snapshot``."""
    for name, (functions, data) in snapshot.items():
        queue = getattr(cr, name)
        # The run log's own: a failure that is undone is still to be reported.
        kept = [
            function
            for function in queue._funcs
            if getattr(function, "outlives_savepoint", False) and function not in functions
        ]
        queue._funcs.clear()
        queue._funcs.extend([*functions, *kept])
        queue.data.clear()
        queue.data.update(data)


@contextmanager
def revocable_savepoint(cr):
    """A savepoint that, when it is rolled back, also takes back the callbacks added inside."""
    # The savepoint flushes, which runs ``precommit``: a snapshot of before would run it again.
    cr.flush()
    snapshot = snapshot_queues(cr)
    try:
        with cr.savepoint():
            yield
    except BaseException:
        restore_queues(cr, snapshot)
        raise
