"""Bisection finds exactly the failing items, and keeps the order of the others."""

import random

import pytest

from server_action_engine.core.bisection import Bisection


def run(size, bad, budget=10**6, one_by_one=False):
    """Try items 0..size-1 of which ``bad`` fail; return (trial, items in the order they ran)."""
    trial, ran = Bisection(size, one_by_one), []
    while (part := trial.next()) is not None and budget:
        budget -= 1
        items = range(size)[part]
        if bad.intersection(items):
            trial.failed()
        else:
            trial.passed()
            ran.extend(items)
    return trial, ran


@pytest.mark.parametrize("seed", range(20))
def test_every_item_is_decided_as_it_deserves(seed):
    chance = random.Random(seed)
    size = chance.randint(0, 60)
    bad = set(chance.sample(range(size), chance.randint(0, size)))
    trial, ran = run(size, bad)
    assert trial.bad == sorted(bad)
    assert trial.good == ran == [item for item in range(size) if item not in bad]
    assert trial.undecided == []


def test_one_bad_item_of_500_needs_few_tries():
    trial, tries = Bisection(500), 0
    while (part := trial.next()) is not None:
        tries += 1
        if part.start <= 321 < part.stop:
            trial.failed()
        else:
            trial.passed()
    assert trial.bad == [321]
    assert tries <= 19


def test_what_the_budget_does_not_reach_is_undecided():
    trial, _ran = run(500, set(range(500)), budget=50)
    assert trial.good == []
    assert trial.bad == list(range(len(trial.bad)))
    assert len(trial.bad) >= 20, "50 tries decide at least 20 items, so work always goes on"
    assert trial.bad + trial.undecided == list(range(500))


def test_items_that_must_not_meet_are_tried_one_by_one():
    trial = Bisection(3, one_by_one=True)
    sizes = []
    while (part := trial.next()) is not None:
        sizes.append(part.stop - part.start)
        trial.passed()
    assert sizes == [1, 1, 1]
    assert trial.good == [0, 1, 2]


def test_failed_tells_whether_the_culprit_is_found():
    trial = Bisection(2)
    assert trial.failed() is False
    assert trial.failed() is True
    assert trial.bad == [0]
