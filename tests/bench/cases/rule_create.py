"""A rule updates a field of 1,000 records that are created in one call."""

from .. import data
from ..case import Case


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    data.rule(env, "create", "res.partner", [action], trigger="on_create")


def _values(_env):
    return [{"name": f"Created {n}", "ref": "created"} for n in range(1000)]


def _act(env, values):
    env["res.partner"].create(values)


def _hand(env, values):
    env["res.partner"].create(values).write({"color": 7})


CASES = [
    Case(
        name="rule_create",
        label="1,000 records created, 1 rule “update a field”",
        setup=_setup,
        prepare=_values,
        act=_act,
        hand=_hand,
    )
]
