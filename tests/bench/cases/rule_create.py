"""A rule updates a field of 1,000 records that are created in one call."""

from .. import data
from ..case import Case


def _setup(trigger):
    def setup(env):
        action = data.update_action(env, "res.partner", "color", "7")
        data.rule(env, "create", "res.partner", [action], trigger=trigger)

    return setup


def _values(_env):
    return [{"name": f"Created {n}", "ref": "created"} for n in range(1000)]


def _act(env, values):
    env["res.partner"].create(values)


def _hand(env, values):
    env["res.partner"].create(values).write({"color": 7})


def _case(name, trigger, label):
    return Case(
        name=name,
        label=f"1,000 records created, 1 rule “update a field” on {label}",
        setup=_setup(trigger),
        prepare=_values,
        act=_act,
        hand=_hand,
        target=1.5,
    )


CASES = [
    _case("rule_create", "on_create", "creation"),
    _case("rule_create_or_write", "on_create_or_write", "creation and update"),
]
