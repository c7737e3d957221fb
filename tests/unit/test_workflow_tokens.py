"""On random definitions: no token is lost or doubled, joins fire once per round, rows are exact.

Everything is checked against the log alone, which is written where things happen, not where they
are stored.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from workflow_kit.scripted import Scripted, play_one
from workflow_kit.strategies import SIGNALS, graphs

from workflow_engine.core.constants import AND, COUNT, OPENERP, OR, STRICT, XOR
from workflow_engine.core.errors import StepLimitError
from workflow_engine.core.rows import (
    ARRIVE,
    DROP,
    JOIN,
    JUMP,
    KILL,
    MERGE,
    MOVE,
    START,
)  # fmt: skip

CROSSINGS = (MOVE, JOIN, ARRIVE, MERGE, DROP)
events = st.lists(st.sampled_from(["step", *SIGNALS]), max_size=5)
seeds = st.integers(0, 10**6)


def family(**kwargs):
    return st.tuples(
        graphs(version=1, subflows=(2,), policies=("collapse", "count"), **kwargs),
        graphs(version=2, policies=("collapse", "count"), **kwargs),
    )


def played(some, steps, seed, **kwargs):
    """Return a caller after the events, None if they never end."""
    try:
        return play_one(Scripted(some, seed, **kwargs), steps)
    except StepLimitError:
        return None


@settings(max_examples=150)
@given(family(profile=STRICT), events, seeds)
def test_no_token_is_lost_or_doubled(some, steps, seed):
    """Each token arrives once, leaves at most once, and is stored exactly if it has not left."""
    caller = played(some, steps, seed)
    for instance, row in caller.store.instances.items() if caller else ():
        arrived, left = Counter(), {}
        for line in caller.store.log:
            if line.instance != instance:
                continue
            if line.event in CROSSINGS:
                left.setdefault(line.origin, []).append(line.transition)
            if line.event in (START, MOVE, JOIN, JUMP):
                arrived[line.number] += 1
            if line.event == KILL:
                left.setdefault(line.number, []).append(None)
        assert set(arrived.values()) <= {1}
        assert left.keys() <= arrived.keys()
        stored = {token.number for token in caller.tokens(instance)}
        assert stored == arrived.keys() - left.keys()
        for crossed in left.values():
            check_split(caller.store.graphs[row.graph], crossed)


def check_split(graph, crossed):
    """One leaving takes arrows of one activity, each once, as many as its split says."""
    if crossed == [None]:
        return
    assert len(set(crossed)) == len(crossed)
    sources = {graph.arrows[edge].source for edge in crossed}
    assert len(sources) == 1
    node = graph.nodes[sources.pop()]
    most = {XOR: 1, OR: len(node.outgoing), AND: len(node.outgoing)}
    assert len(crossed) <= most[node.activity.split_mode]


@settings(max_examples=150)
@given(
    family(profile=STRICT, kinds=("dummy", "function"), splits=(XOR, OR), joins=(XOR, AND, AND)),
    events,
    seeds,
)
def test_joins_fire_once_per_round(some, steps, seed):
    """A counting join fires as often as its rarest arrow was crossed; the rest is its marks."""
    caller = played(some, steps, seed)
    for instance, row in caller.store.instances.items() if caller else ():
        log = [line for line in caller.store.log if line.instance == instance]
        crossed = Counter(line.transition for line in log if line.event in CROSSINGS)
        fired = Counter(line.activity for line in log if line.event == JOIN)
        marks = {e: n for (one, e), n in caller.store.marks.items() if one == instance}
        for node in caller.store.graphs[row.graph].nodes.values():
            if not node.is_join or not node.incoming:
                continue
            counts = [crossed[edge.id] for edge in node.incoming]
            times = fired[node.activity.id]
            if node.activity.mark_policy == COUNT:
                assert times == min(counts)
                left = {e.id: n - times for e, n in zip(node.incoming, counts, strict=True)}
            else:
                assert min(1, min(counts)) <= times <= min(counts)
                left = {e.id: marks.get(e.id, 0) for e in node.incoming}
                assert set(left.values()) <= {0, 1}
            if row.state == "active":
                assert {e.id: marks.get(e.id, 0) for e in node.incoming} == left


@settings(max_examples=150)
@given(graphs(profile=STRICT, kinds=("dummy", "function"), splits=(XOR, OR)), events, seeds)
def test_without_its_defects_the_old_profile_is_the_strict_one(graph, steps, seed):
    """No AND split, no stopall, no subflow, no nested event: everything has to be the same."""
    told = {}
    for profile in (STRICT, OPENERP):
        caller = played([replace(graph, profile=profile)], steps, seed, nested=False)
        told[profile] = caller and (without_marks_of_the_dead(caller), caller.oracle.asked)
    # Only an instance without tokens is called complete by one and a problem by the other (B6).
    stuck = told[STRICT] and any(row[2] == "incident" for row, *_rest in told[STRICT][0])
    assert stuck or told[STRICT] == told[OPENERP]


def without_marks_of_the_dead(caller):
    """Completion clears marks in one profile only (B9)."""
    return [
        (row, tokens, {} if row[2] == "complete" else marks, *rest)
        for row, tokens, marks, *rest in caller.picture()
    ]
