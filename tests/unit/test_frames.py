"""The stack of running actions and its limits."""

import pytest

from server_action_engine.core.errors import LoopGuardError
from server_action_engine.core.frames import MAX_SAVEPOINTS, DueTask, EngineState, Frame, state_of


def frame(name="action"):
    return Frame(action_id=1, action_name=name, action_type="code", model="res.partner")


class Cursor:
    """Anything attributes can be set on."""


def test_each_cursor_has_one_state():
    one, other = Cursor(), Cursor()
    assert state_of(one) is state_of(one)
    assert state_of(one) is not state_of(other)


def test_children_hang_below_the_running_frame():
    state = EngineState()
    outer, inner, next_inner = frame("outer"), frame("inner"), frame("next")
    state.push(outer)
    state.push(inner)
    state.pop(inner)
    state.push(next_inner)
    state.pop(next_inner)
    state.pop(outer)
    assert [item.action_name for item in outer.walk()] == ["outer", "inner", "next"]
    assert state.current is None
    assert state.root is None


def test_popping_also_leaves_what_an_error_left_behind():
    state = EngineState()
    outer = frame()
    state.push(outer)
    state.push(frame())
    state.pop(outer)
    assert not state.stack


def test_a_refused_frame_takes_nobody_off_the_stack():
    """Who isolates the refusal is still running, and what it starts next is still counted."""
    state = EngineState()
    state.max_actions = 2
    root, child, refused = frame("root"), frame("child"), frame("refused")
    state.push(root)
    state.push(child)
    with pytest.raises(LoopGuardError):
        state.push(refused)
    state.pop(refused)
    assert state.chain() == ["root (res.partner)", "child (res.partner)"]


def test_a_deep_chain_is_refused_and_shown():
    state = EngineState()
    state.max_depth = 3
    for name in "abc":
        state.push(frame(name))
    with pytest.raises(LoopGuardError, match="a .* → b .* → c .* → d"):
        state.push(frame("d"))
    assert len(state.stack) == 3


def test_a_long_execution_is_refused():
    state = EngineState()
    state.max_actions = 5
    state.push(frame("root"))
    for _number in range(4):
        child = frame()
        state.push(child)
        state.pop(child)
    with pytest.raises(LoopGuardError, match="more than 5 actions"):
        state.push(frame())


def test_a_new_execution_starts_counting_again():
    state = EngineState()
    state.max_actions = 1
    for _number in range(3):
        root = frame()
        state.push(root)
        state.pop(root)
    assert state.actions_started == 1


def test_savepoints_are_counted_per_transaction():
    state = EngineState()
    assert all(state.take_savepoint("first") for _number in range(MAX_SAVEPOINTS))
    assert not state.take_savepoint("first")
    assert state.take_savepoint("second")


def test_a_failed_frame_keeps_the_error():
    failed = frame()
    try:
        raise KeyError("missing")
    except KeyError as exc:
        failed.fail(exc)
    assert failed.state == "failed"
    assert failed.error_type == "KeyError"
    assert "missing" in failed.error_message
    assert "Traceback" in failed.traceback


def test_only_the_action_of_the_task_is_due():
    state = EngineState()
    assert not state.is_due(1)
    with state.carrying_out(DueTask(7, action_id=1)):
        assert state.is_due(1)
        assert not state.is_due(1, "multi/0"), "a part of it is no task"
        assert not state.is_due(2), "nor is what its code starts"
        with state.carrying_out(None):
            assert not state.is_due(1)
        assert state.is_due(1)
    assert not state.is_due(1)


def test_a_task_that_fails_is_not_due_any_more():
    state = EngineState()
    with pytest.raises(KeyError), state.carrying_out(DueTask(7, action_id=1)):
        raise KeyError
    assert state.task is None
