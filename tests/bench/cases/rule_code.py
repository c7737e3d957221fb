"""A rule runs the code `x = 1` for each of 500 records that are written."""

from .. import data
from ..case import Case


def _setup(env):
    action = data.action(env, "res.partner", "code", code="x = 1")
    data.rule(env, "code", "res.partner", [action], watched="function")


def _act(env, partners):
    partners.write({"function": "Clerk"})


def _hand(env, partners):
    partners.write({"function": "Clerk"})
    for _partner in partners:
        x = 1  # noqa: F841 - the same body as the rule's


CASES = [
    Case(
        name="rule_code",
        label="500 records written, 1 rule running code `x = 1`",
        setup=_setup,
        prepare=lambda env: data.partners(env, 500),
        act=_act,
        hand=_hand,
    )
]
