"""One record is written while 1, 10 or 50 rules look at it and none matches."""

from .. import data
from ..case import Case

RECORDS = 30


def _setup(count):
    def setup(env):
        action = data.update_action(env, "res.partner", "color", "7")
        domain = "[('ref', '=', 'nobody'), ('color', '>', 3)]"
        env["base.automation"].create(
            [
                data.rule_values(env, n, "res.partner", [action], filter_domain=domain)
                | {"action_server_ids": [(6, 0, action.copy().ids)]}
                for n in range(count)
            ]
        )

    return setup


def write_one_by_one(env, partners):
    """Write each record on its own: the cost of a user's click."""
    for partner in partners:
        partner.write({"function": "Clerk"})
        partner.flush_recordset()


def _case(count):
    return Case(
        name=f"not_matching_{count}",
        label=f"one-record write, {count} rule(s) that do not match",
        setup=_setup(count),
        prepare=lambda env: data.partners(env, RECORDS),
        act=write_one_by_one,
        hand=write_one_by_one,
        operations=RECORDS,
    )


CASES = [_case(count) for count in (1, 10, 50)]
