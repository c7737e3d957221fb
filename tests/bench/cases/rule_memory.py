"""Records are written in batches in one transaction under a rule: does memory stay flat?"""

from .. import data
from ..case import Case
from .rule_update import setup_update_rule

BATCH = 1000


def _write_batches(count, follow_up):
    def write(env, partners):
        for number in range(count):
            start = number * BATCH % len(partners)
            batch = partners[start : start + BATCH]
            batch.write({"function": f"Clerk {number}"})
            follow_up(batch)
            # As long jobs do it; otherwise the cache alone would grow.
            env.flush_all()
            env.invalidate_all()

    return write


def _case(count):
    return Case(
        name=f"rule_memory_{count * BATCH}",
        label=f"{count * BATCH:,} records written in batches of {BATCH:,}, 1 rule, per batch",
        setup=setup_update_rule,
        prepare=lambda env: data.partners(env, 10 * BATCH),
        act=_write_batches(count, lambda batch: None),
        hand=_write_batches(count, lambda batch: batch.write({"color": 7})),
        operations=count,
        engines=("hand", "ours"),
        late=False,
    )


CASES = [_case(10), _case(100)]
