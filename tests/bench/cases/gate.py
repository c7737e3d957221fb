"""A write on a model no rule is about: what the event hook itself costs, per call."""

from ..case import Case

CALLS = 100_000


def _prepare(env):
    # Of no record, so that next to nothing is measured but the way there.
    return env["res.country.state"].browse()


def _act(_env, nothing):
    vals = {}
    for _call in range(CALLS):
        nothing.write(vals)


CASES = [
    Case(
        name="gate",
        label="`write` on a model without rules, empty recordset",
        prepare=_prepare,
        act=_act,
        hand=_act,
        operations=CALLS,
        limit_seconds=1e-6,
        late=False,
    )
]
