"""How often rules may fire, and for whom: the decisions."""

from datetime import datetime, timedelta

import pytest

from base_automation_ext.core.guards import (
    COOLDOWN,
    DEFAULT_MAX_CHAIN_DEPTH,
    PER_PERIOD,
    PER_RECORD,
    SAME_KEY,
    Limits,
    Past,
    RuleChain,
    admit,
    cut,
    period,
)
from base_automation_ext.core.rule_scope import RuleScope
from base_automation_ext.core.triggers.mail import PostedMessage
from server_action_engine.core.errors import LoopGuardError

NOW = datetime(2030, 1, 1, 12)
HOUR = timedelta(hours=1)


def decide(candidates, limits, records=None, keys=None):
    return admit(candidates, limits, records or {}, keys or {}, NOW)


@pytest.mark.parametrize(
    ("number", "unit", "seconds"),
    [(2, "minutes", 120), (1, "hours", 3600), (3, "days", 259_200), (1, "weeks", 604_800)],
)
def test_periods(number, unit, seconds):
    assert period(number, unit).total_seconds() == seconds
    assert not period(-number, unit)


def test_limit_per_record():
    past = {1: Past(2, NOW), 2: Past(1, NOW)}
    found = decide([(1, None), (2, None), (3, None)], Limits(per_record=2), past)
    assert (found.admitted, found.refused) == ([2, 3], {1: PER_RECORD})


def test_record_named_twice_counts_once():
    """Two rows for one record would be an error of the database."""
    found = decide([(1, None), (2, None), (1, None)], Limits(per_record=1))
    assert (found.admitted, found.refused) == ([1, 2], {})


@pytest.mark.parametrize(
    ("ago", "expected"), [(HOUR, True), (HOUR - timedelta(seconds=1), False), (2 * HOUR, True)]
)
def test_cooldown(ago, expected):
    """The time is over the moment it has passed."""
    found = decide([(1, None)], Limits(cooldown=HOUR), {1: Past(9, NOW - ago)})
    assert found.admitted == ([1] if expected else [])
    assert found.refused == ({} if expected else {1: COOLDOWN})


def test_keys():
    """Once for each key, also within one batch; no key, no limit."""
    candidates = [(1, "a"), (2, "a"), (3, None), (4, None), (5, "b")]
    found = decide(candidates, Limits(has_key=True), keys={"b": NOW - 99 * HOUR})
    assert (found.admitted, found.keys) == ([1, 3, 4], ["a"])
    assert found.refused == {2: SAME_KEY, 5: SAME_KEY}


@pytest.mark.parametrize(("ago", "expected"), [(HOUR, [1]), (HOUR / 2, [])])
def test_key_again_after_a_time(ago, expected):
    limits = Limits(has_key=True, key_period=HOUR)
    assert decide([(1, "a")], limits, keys={"a": NOW - ago}).admitted == expected


@pytest.mark.parametrize("room", [0, 1, 2, 9])
def test_period_cuts_the_tail(room):
    """The first ones have the chance, and only their keys are used up."""
    candidates = [(1, "a"), (2, None), (3, "c")]
    found = cut(decide(candidates, Limits(has_key=True)), candidates, room)
    assert found.admitted == [1, 2, 3][:room]
    assert found.refused == dict.fromkeys([1, 2, 3][room:], PER_PERIOD)
    assert found.keys == [["a", "c"][at] for at in range(2) if (at == 0 and room) or room > 2]


def test_refusals_survive_the_cut():
    limits = Limits(per_record=1)
    candidates = [(1, None), (2, None)]
    found = cut(decide(candidates, limits, {1: Past(1, NOW)}), candidates, 0)
    assert found.refused == {1: PER_RECORD, 2: PER_PERIOD}


def test_chain_names_its_rules():
    """The error leads from the first rule to the one that was refused."""
    chain = RuleChain()
    chain.enter("First (a)", 2)
    chain.enter("Second (b)", 2)
    with pytest.raises(
        LoopGuardError, match="more than 2 .*First .a. → Second .b. → Third"
    ) as info:
        chain.enter("Third (c)", 2)
    assert info.value.chain == ("First (a)", "Second (b)", "Third (c)")
    assert len(chain) == 2
    chain.leave()
    chain.enter("Third (c)", 2)


def test_long_chains_are_shortened():
    chain = RuleChain()
    for number in range(DEFAULT_MAX_CHAIN_DEPTH):
        chain.enter(f"R{number}")
    with pytest.raises(LoopGuardError) as info:
        chain.enter("last")
    assert "R5 → … → R26" in str(info.value)
    assert len(info.value.chain) == DEFAULT_MAX_CHAIN_DEPTH + 1


@pytest.mark.parametrize(
    ("scope", "context", "loading", "expected"),
    [
        ({}, {"import_file": True, "install_mode": True}, True, True),
        ({"skip_import": True}, {"import_file": True}, False, False),
        ({"skip_import": True}, {"install_mode": True}, True, True),
        ({"skip_install": True}, {"install_mode": True}, False, False),
        ({"skip_install": True}, {"module": "sale"}, False, False),
        ({"skip_install": True}, {}, True, False),
        ({"skip_install": True}, {"import_file": True}, False, True),
    ],
)
def test_scope_by_call(scope, context, loading, expected):
    assert RuleScope(**scope).admits(context, loading) is expected


def test_scope_by_user_and_company():
    scope = RuleScope(company_ids=frozenset([1]), group_ids=frozenset([7, 8]))
    assert scope.admits_user([3, 8])
    assert not scope.admits_user([3])
    assert RuleScope().admits_user([])
    assert scope.admits_company(1, 2)
    assert not scope.admits_company(2, 1)
    assert scope.admits_company(None, 1)
    assert not scope.admits_company(None, 2)
    assert RuleScope().admits_company(5, 2)


@pytest.mark.parametrize(
    ("kind", "note", "internal", "outside", "expected"),
    [
        ("comment", False, False, False, ["on_mail_in"]),
        ("comment", False, False, True, ["on_mail_in"]),
        ("comment", False, True, True, ["on_mail_out"]),
        ("comment", False, True, False, []),
        ("email", False, False, False, ["on_mail_in"]),
        ("email", False, True, False, ["on_mail_in"]),
        ("email", False, True, True, ["on_mail_in", "on_mail_out"]),
        ("auto_comment", False, False, True, ["on_mail_out"]),
        ("auto_comment", False, False, False, []),
        ("email_outgoing", False, True, True, ["on_mail_out"]),
        ("notification", False, False, True, []),
        ("user_notification", False, True, True, []),
        ("comment", True, False, True, []),
        ("email", True, True, True, []),
    ],
)
def test_direction_of_a_message(kind, note, internal, outside, expected):
    """Notes and notifications are nobody's mail."""
    assert list(PostedMessage(kind, note, internal, outside).directions()) == expected
