"""A rule updates a field of 100 to 10,000 records that are written at once."""

from .. import data
from ..case import Case
from .not_matching import cold_partners, write_all


def setup_update_rule(env):
    """Create the rule that writes a number when the function changes."""
    action = data.update_action(env, "res.partner", "color", "7")
    data.rule(env, "update", "res.partner", [action], watched="function")


def _hand(env, partners):
    write_all(env, partners)
    partners.write({"color": 7})


def _case(count, engines):
    return Case(
        name=f"rule_update_{count}",
        label=f"{count:,} records written, 1 rule “update a field”",
        setup=setup_update_rule,
        prepare=cold_partners(count),
        act=write_all,
        hand=_hand,
        engines=engines,
        target=1.3 if count >= 400 else None,
    )


CASES = [
    *(_case(count, ("hand", "stock", "ours")) for count in (100, 400, 1000)),
    # Stock grows with the square: this would take it a quarter of an hour a round.
    _case(10_000, ("hand", "ours")),
]
