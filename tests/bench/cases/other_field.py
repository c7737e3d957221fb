"""50 rules watch another field than the one that is written: one record, and 500 at once."""

from .. import data
from ..case import Case
from .not_matching import RECORDS, cold_partners, write_all, write_one_by_one


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    env["base.automation"].create(
        [data.rule_values(env, n, "res.partner", action.copy(), watched="city") for n in range(50)]
    )


CASES = [
    Case(
        name="other_field_1",
        label="one-record write, 50 rules watching another field",
        setup=_setup,
        prepare=cold_partners(RECORDS),
        act=write_one_by_one,
        hand=write_one_by_one,
        operations=RECORDS,
        target=1.15,
    ),
    Case(
        name="other_field_500",
        label="500 records written, 50 rules watching another field",
        setup=_setup,
        prepare=cold_partners(500),
        act=write_all,
        hand=write_all,
        target=1.05,
    ),
]
