"""What another transaction that waits for the lock has read must not be out of date unnoticed.

PostgreSQL notices changed rows only. Where one token is all there is, its row tells; where an
instance decides by several rows, its own row has to change with any of them.
"""

import pytest
from workflow_kit.caller import Apply, Caller
from workflow_kit.notation import FOUND, JOIN, SUBFLOW, flow

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.definition import Timer

both = pytest.mark.parametrize("profile", [STRICT, OPENERP])


def told(caller, act):
    """Return (touched, awaited) of everything that ``act`` stores, as those it changes anyway."""
    before = len(caller.requests)
    act()
    touched, awaited, changed = set(), set(), set()
    for request in caller.requests[before:]:
        if isinstance(request, Apply):
            changes = request.changes
            touched |= set(changes.instances_touched)
            awaited |= set(changes.instances_awaited)
            changed |= {row.id for row in changes.instances_updated}
    assert not touched & changed
    return touched | changed, awaited


@both
def test_one_token_tells_by_itself(profile):
    caller = Caller(flow("a* -go-> b; b -go-> c", profile))
    one = caller.start()
    assert told(caller, lambda: caller.signal(one, "go")) == (set(), set())


@both
def test_nothing_is_touched_where_nothing_moves(profile):
    caller = Caller(flow("a* -> b; a -> c; b -go-> d", profile, a="AND"))
    one = caller.start()
    assert told(caller, lambda: caller.step(one)) == (set(), set())


@both
def test_one_of_two_tokens_moves(profile):
    caller = Caller(flow("a* -> b; a -> c; b -one-> d!; c -two-> e!", profile, a="AND"))
    one = caller.start()
    assert told(caller, lambda: caller.signal(one, "one")) == ({one}, set())


@both
def test_a_mark_is_set(profile):
    text = "a* -> b; a -> c; b -one-> d!; c -two-> d"
    caller = Caller(flow(text, profile, a="AND", d=JOIN))
    one = caller.start()
    assert told(caller, lambda: caller.signal(one, "one")) == ({one}, set())


@both
def test_one_token_becomes_two(profile):
    edges = {"a>b": {"timer": Timer("delay 1 days", interrupting=False)}}
    caller = Caller(flow("a* -> b; a -go-> c!", profile, edges=edges))
    one = caller.start()
    [timer] = caller.store.timers
    assert told(caller, lambda: caller.due(timer)) == ({one}, set())


@both
def test_a_child_that_is_found_knows_that_it_is_awaited(profile):
    caller = Caller(
        flow("a* -go-> b; b -subflow.y-> c!", profile, b=FOUND),
        flow("x* -end-> y!", profile, version=2),
    )
    child = caller.start(2)
    caller.children = {"b": child}
    one = caller.start(1)
    assert told(caller, lambda: caller.signal(one, "go"))[1] == {child}


@both
def test_a_child_that_is_started_knows_it_as_well(profile):
    caller = Caller(
        flow("a* -> b; b -subflow.y-> c!", profile, b=SUBFLOW),
        flow("x* -end-> y!", profile, version=2),
    )
    _touched, awaited = told(caller, lambda: caller.start(1))
    # Under its provisional id, or as a row already.
    assert len(awaited) == 1


@both
def test_whoever_waits_for_another_one_tells_that_one(profile):
    caller = Caller(
        flow("a* -go-> b; b -subflow.y-> c!", profile, b=FOUND),
        flow("x* -end-> y!", profile, version=2),
    )
    old, new = caller.start(2), caller.start(2)
    caller.children = {"b": old}
    one = caller.start(1)
    caller.signal(one, "go")
    assert told(caller, lambda: caller.redirect(old, new))[1] == {new}
