"""50 rules watch another field than the one that is written: one record, and 500 at once."""

from .. import data
from ..case import Case
from .not_matching import RECORDS, write_one_by_one


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    env["base.automation"].create(
        [data.rule_values(env, n, "res.partner", action.copy(), watched="city") for n in range(50)]
    )


def _write_all(env, partners):
    partners.write({"function": "Clerk"})


CASES = [
    Case(
        name="other_field_1",
        label="one-record write, 50 rules watching another field",
        setup=_setup,
        prepare=lambda env: data.partners(env, RECORDS),
        act=write_one_by_one,
        hand=write_one_by_one,
        operations=RECORDS,
    ),
    Case(
        name="other_field_500",
        label="500 records written, 50 rules watching another field",
        setup=_setup,
        prepare=lambda env: data.partners(env, 500),
        act=_write_all,
        hand=_write_all,
    ),
]
