"""Random definitions, random events, and answers that depend on the question alone."""

import hashlib

from hypothesis import strategies as st

from workflow_engine.core.definition import Activity, Transition
from workflow_engine.core.graph import Graph

SIGNALS = ("go", "ok")
#: A single event through a random graph may never end; the small limit keeps that quick.
LIMIT = 60


@st.composite
def graphs(draw, *, profile, version=1, subflows=(), kinds=("dummy", "function", "stopall"),
           splits=("XOR", "OR", "AND"), joins=("XOR", "AND"), policies=("collapse",)):  # fmt: skip
    """Draw a definition of up to six activities; it may start or find ``subflows``."""
    size = draw(st.integers(2, 6))
    activities = tuple(
        _activity(draw, version, number, profile, subflows, kinds, splits, joins, policies)
        for number in range(size)
    )
    number_of_edges = draw(st.integers(size - 1, size * 2))
    edges = tuple(_edge(draw, version, number, size, subflows) for number in range(number_of_edges))
    return Graph(version, version, f"flow {version}", "m", activities, edges, profile, LIMIT)


def _activity(draw, version, number, profile, subflows, kinds, splits, joins, policies):
    kind = draw(st.sampled_from([*kinds, *(["subflow"] if subflows else [])]))
    starts = number == 0 or draw(st.integers(0, 5)) == 0
    name = f"v{version}n{number}"
    return Activity(
        id=1000 * version + number,
        key=name,
        name=name,
        kind=kind,
        split_mode=draw(st.sampled_from(splits)),
        join_mode="XOR" if number == 0 else draw(st.sampled_from(joins)),
        flow_start=starts,
        flow_stop=draw(st.booleans()),
        code="lines" if kind in ("function", "subflow") and draw(st.booleans()) else "",
        action_id=number if kind != "subflow" and draw(st.booleans()) else None,
        subflow=draw(st.sampled_from(subflows)) if kind == "subflow" else None,
        signal_send=draw(st.sampled_from(["", "", "ok"])),
        mark_policy=draw(st.sampled_from(policies)),
    )


def _edge(draw, version, number, size, subflows):
    source = draw(st.integers(0, size - 1))
    target = draw(st.integers(0, size - 1))
    names = ["", *SIGNALS, *(f"subflow.v{one}n{draw(st.integers(0, 5))}" for one in subflows)]
    return Transition(
        id=1_000_000 * version + number,
        key=f"v{version}e{number}:{source}>{target}",
        source=1000 * version + source,
        target=1000 * version + target,
        sequence=draw(st.integers(1, 3)),
        signal=draw(st.sampled_from(names)),
        condition=draw(st.sampled_from(["", "asked"])),
    )


class Oracle:
    """Answers by question, instance and how often it was asked: the same in every order."""

    def __init__(self, seed, period=None):
        self.seed = seed
        self.period = period
        """Records this far apart get the same answers."""
        self.times = {}
        self.asked = []

    def __call__(self, kind, key, who):
        """Return a number below 100.

        :param who: name of the instance that does not depend on the order of creation
        """
        turn = self.times[kind, key, who] = self.times.get((kind, key, who), 0) + 1
        self.asked.append((kind, key, who))
        alike = (who[0] % self.period, who[1]) if self.period else who
        text = f"{self.seed} {kind} {key} {alike} {turn}"
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()[0] % 100
