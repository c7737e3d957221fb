"""The subscription index of the event hook."""

import pytest

from server_action_engine.core.subscriptions import (
    CREATE,
    UNLINK,
    WRITE,
    Subscription,
    build_index,
    replaced,
    without_skipped,
)


def make(key, event=WRITE, model="m", fields=None, sequence=0, subscriber="s", rank=()):
    watched = None if fields is None else frozenset(fields.split())
    return Subscription(model, event, subscriber, key, watched, sequence, rank)


def keys(subscriptions):
    return [subscription.key for subscription in subscriptions]


def test_models_without_subscription_are_absent():
    """A model nobody subscribed to is not in the index."""
    assert set(build_index([make("a")])) == {"m"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["name"], ["a", "any"]),
        (["name", "state"], ["a", "b", "any"]),
        (["other"], ["any"]),
        ([], ["any"]),
    ],
)
def test_writes_reach_those_who_watch_a_written_field(written, expected):
    """A subscription without fields hears of every write, the others by intersection."""
    found = build_index([make("a", fields="name"), make("b", fields="state"), make("any")])["m"]
    assert found.watched is None
    assert keys(found.touched_by(written)) == expected


def test_unwatched_write_reaches_nobody():
    """Nothing is found when no written field is watched, nor without a write subscription."""
    found = build_index([make("a", fields="name"), make("b", fields="state")])["m"]
    assert found.watched == {"name", "state"}
    assert found.touched_by({"other": 1}) == ()
    assert build_index([make("a", CREATE)])["m"].touched_by(["name"]) == ()


def test_order_is_by_sequence_then_as_given():
    """The lowest sequence comes first; equal ones keep their order."""
    found = build_index([make("c", sequence=2), make("a"), make("b")])["m"]
    assert keys(found.listening(WRITE)) == ["a", "b", "c"]
    assert found.listening(UNLINK) == ()


def test_order_within_a_subscriber_is_by_rank():
    """Subscribers stay together, and each decides about the order of its own."""
    given = [
        make("b2", subscriber="b", rank=(2,)),
        make("a9", subscriber="a", rank=(9, 1)),
        make("b1", subscriber="b", rank=(1,)),
        make("a1", subscriber="a", rank=(1, 7)),
    ]
    assert keys(build_index(given)["m"].listening(WRITE)) == ["a1", "a9", "b1", "b2"]


@pytest.mark.parametrize(
    ("gone", "new", "expected"),
    [
        (["b"], [make("b", fields="state", rank=(0,))], {"m": "bac", "n": "a"}),
        (["b"], [], {"m": "ac", "n": "a"}),
        (["a"], [], {"m": "bc"}),
        (["a"], [make("a", model="o")], {"m": "bc", "o": "a"}),
        (["d"], [make("d", rank=(9,))], {"m": "abcd", "n": "a"}),
        (["d"], [], {"m": "abc", "n": "a"}),
    ],
    ids=["changed", "removed", "model left empty", "other model", "added", "unknown"],
)
def test_subscriptions_are_replaced_by_key(gone, new, expected):
    """One rule more, less or different leaves all others as they are, each in its place."""
    index = build_index(
        [
            make("a", rank=(1,)),
            make("b", rank=(2,)),
            make("c", rank=(3,)),
            make("a", model="n", rank=(1,)),
        ]
    )
    before = {model: keys(found) for model, found in index.items()}
    after = replaced(index, gone, new)
    assert {model: "".join(keys(found.listening(WRITE))) for model, found in after.items()} == (
        expected
    )
    assert {model: keys(found) for model, found in index.items()} == before


def test_replacing_keeps_what_is_watched_up_to_date():
    index = build_index([make("a", fields="name"), make("b", fields="state")])
    assert replaced(index, ["b"], [make("b", fields="city")])["m"].watched == {"name", "city"}
    assert replaced(index, ["b"], [make("b")])["m"].watched is None


def heard(audiences):
    return [(subscriber, "".join(keys(audience))) for subscriber, audience in audiences]


def test_what_is_heard_is_divided_by_subscriber():
    found = build_index(
        [make("a", fields="name"), make("b"), make("c", subscriber="t"), make("d", CREATE)]
    )["m"]
    assert heard(found.hearing_of(frozenset({"name"}))) == [("s", "ab"), ("t", "c")]
    assert heard(found.hearing_of(frozenset({"city"}))) == [("s", "b"), ("t", "c")]
    assert heard(found.hearing(CREATE)) == [("s", "d")]
    assert found.hearing(UNLINK) == ()


def test_audience_lasts_as_long_as_its_subscriptions():
    """What a subscriber has worked out is found again at the next change of the kind."""
    index = build_index([make("a", fields="name"), make("b")])
    [(_name, audience)] = index["m"].hearing_of(frozenset({"city"}))
    assert audience.lasts and audience.plan is None
    audience.plan = "worked out"
    for number in range(1000):
        [(_name, same)] = index["m"].hearing_of(frozenset({f"field {number}"}))
        assert same is audience
    [(_name, other)] = index["m"].hearing_of(frozenset({"city", "name"}))
    assert keys(other) == ["a", "b"] and other.plan is None
    changed = replaced(index, ["b"], [make("b", fields="city")])
    [(_name, fresh)] = changed["m"].hearing_of(frozenset({"city"}))
    assert fresh.plan is None


def test_unknown_event_is_refused():
    """Subscribing to an event that does not exist is an error."""
    with pytest.raises(ValueError, match="sneeze"):
        build_index([make("a", "sneeze")])


@pytest.mark.parametrize(
    ("skip", "expected"),
    [
        (None, ["a", "b"]),
        (False, ["a", "b"]),
        ([], ["a", "b"]),
        (True, []),
        (1, []),
        ("a", ["b"]),
        (["a", "other"], ["b"]),
        (("t",), ["a"]),
    ],
)
def test_context_value_switches_subscriptions_off(skip, expected):
    """True switches all off, names switch off the subscribers and keys they name."""
    subscriptions = (make("a", subscriber="s"), make("b", subscriber="t"))
    assert keys(without_skipped(subscriptions, skip)) == expected


@pytest.mark.parametrize("skip", [True, "a", ["a"], {"s", "t"}])
def test_what_forbids_something_is_switched_off_by_the_trusted_only(skip):
    """Any browser can send a context key."""
    forbids = Subscription("m", WRITE, "s", "a", binding=True)
    subscriptions = (forbids, make("a"))
    assert without_skipped(subscriptions, skip) == ()
    assert without_skipped(subscriptions, skip, trusted=False) == (forbids,)
    assert without_skipped(subscriptions, "other", trusted=False) == subscriptions
