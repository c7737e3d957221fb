"""A rule updates a field of 100, 400 or 1,000 records that are written at once."""

from .. import data
from ..case import Case


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    data.rule(env, "update", "res.partner", [action], watched="function")


def _act(env, partners):
    partners.write({"function": "Clerk"})


def _hand(env, partners):
    partners.write({"function": "Clerk"})
    partners.write({"color": 7})


CASES = [
    Case(
        name=f"rule_update_{count}",
        label=f"{count} records written, 1 rule “update a field”",
        setup=_setup,
        prepare=lambda env, count=count: data.partners(env, count),
        act=_act,
        hand=_hand,
    )
    for count in (100, 400, 1000)
]
