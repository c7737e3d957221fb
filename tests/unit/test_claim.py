"""Which tasks a lane takes: fairness, batch sizes, concurrency groups, rates."""

import pytest

from server_action_engine.core.claim import (
    AGEING_SECONDS,
    FIRST_BATCH,
    MAX_BATCH,
    MAX_SEPARATE,
    GroupPolicy,
    Head,
    Turn,
    admit,
    batch_key,
    is_grouped,
    rooms,
)

MERGED = batch_key("a", merged=True, grouped=False)
SEPARATE = batch_key("a", merged=False, grouped=False)
ALONE = "s" + MERGED[1:]


def test_equal_fingerprints_share_a_key():
    assert batch_key("a", merged=True, grouped=False) == MERGED
    assert batch_key("b", merged=True, grouped=False) != MERGED
    assert SEPARATE != MERGED


def test_the_key_tells_whether_groups_are_involved():
    assert is_grouped(batch_key("a", merged=True, grouped=True))
    assert not is_grouped(MERGED)


def test_the_more_urgent_priority_goes_first():
    heads = [Head(10, "slow", 30.0), Head(0, "urgent", 0.0)]
    assert Turn().choose(heads, 0.0).key == "urgent"


def test_keys_of_one_priority_take_turns():
    turn, served = Turn(), []
    heads = [Head(10, "long queue", 50.0), Head(10, "short queue", 1.0)]
    for now in range(4):
        key = turn.choose(heads, float(now)).key
        turn.served(key, float(now))
        served.append(key)
    assert served == ["long queue", "short queue", "long queue", "short queue"]


def test_a_task_that_waits_long_enough_beats_a_stream_of_urgent_ones():
    turn = Turn()
    turn.served("stream", 999.0)
    stream = Head(5, "stream", 3600.0)
    assert turn.choose([stream, Head(10, "patient", 4 * AGEING_SECONDS)], 1000.0).key == "stream"
    assert turn.choose([stream, Head(10, "patient", 6 * AGEING_SECONDS)], 1000.0).key == "patient"


def test_nothing_ready_means_no_choice():
    assert Turn().choose([], 0.0) is None


def test_full_quick_batches_grow_and_slow_ones_shrink():
    turn = Turn()
    assert turn.limit(MERGED) == FIRST_BATCH
    turn.adapt(MERGED, FIRST_BATCH, 0.1)
    assert turn.limit(MERGED) == FIRST_BATCH * 2
    for _batch in range(5):
        turn.adapt(MERGED, turn.limit(MERGED), 0.1)
    assert turn.limit(MERGED) == MAX_BATCH
    turn.adapt(MERGED, MAX_BATCH, 10.0)
    assert turn.limit(MERGED) == MAX_BATCH // 2


def test_a_batch_that_was_not_decided_in_one_transaction_is_smaller_next_time():
    turn = Turn()
    turn.adapt(MERGED, FIRST_BATCH, 0.1, undecided=150)
    assert turn.limit(MERGED) == FIRST_BATCH // 2
    for _batch in range(20):
        turn.adapt(MERGED, turn.limit(MERGED), 0.1, undecided=1)
    assert turn.limit(MERGED) == 1


def test_a_batch_is_as_large_as_there_are_tasks_that_fit():
    turn = Turn()
    turn.adapt(MERGED, 30, 0.1, skipped=470)
    assert turn.limit(MERGED) == 30


def test_a_small_batch_that_is_not_full_says_nothing():
    turn = Turn()
    turn.adapt(MERGED, 3, 0.1)
    assert turn.limit(MERGED) == FIRST_BATCH


def test_separate_tasks_are_few_and_crashed_ones_alone():
    turn = Turn()
    for _batch in range(5):
        turn.adapt(SEPARATE, turn.limit(SEPARATE), 0.1)
    assert turn.limit(SEPARATE) == MAX_SEPARATE
    turn.adapt(ALONE, 1, 0.1)
    assert turn.limit(ALONE) == 1


@pytest.mark.parametrize(
    ("policy", "running", "recent", "room"),
    [
        (GroupPolicy(), 0, 0, None),
        (GroupPolicy(), 1, 0, 0),
        (GroupPolicy(lanes=2), 1, 0, None),
        (GroupPolicy(lanes=0), 7, 0, None),
        (GroupPolicy(paused=True), 0, 0, 0),
        (GroupPolicy(rate_count=10), 0, 4, 6),
        (GroupPolicy(rate_count=10), 0, 12, 0),
        (GroupPolicy(lanes=1, rate_count=10), 1, 0, 0),
    ],
)
def test_room_in_a_group(policy, running, recent, room):
    assert policy.room(running, recent) == room


def test_a_group_nobody_configured_runs_on_one_lane():
    assert rooms({}, {"adhoc": 1}, {}) == {"adhoc": 0}


def test_groups_without_a_bound_are_left_out():
    assert rooms({"free": GroupPolicy(lanes=0)}, {"free": 3}, {}) == {}


def test_a_record_appears_once_in_a_batch():
    assert admit([(1, 7, None), (2, 8, None), (3, 7, None)], {}) == [1, 2]


def test_tasks_without_a_record_do_not_exclude_each_other():
    assert admit([(1, None, None), (2, None, None)], {}) == [1, 2]


def test_a_group_admits_as_many_as_it_has_room_for():
    tasks = [(1, 1, "api"), (2, 2, "api"), (3, 3, None), (4, 4, "api"), (5, 5, "other")]
    assert admit(tasks, {"api": 2}) == [1, 2, 3, 5]


def test_a_task_left_out_for_its_group_does_not_block_its_record():
    assert admit([(1, 7, "full"), (2, 7, None)], {"full": 0}) == [2]
