"""Definitions in a line of text.

::

    flow("a* -> b; b -ok-> c?; …")

``*`` start, ``!`` stop (anywhere the activity occurs), ``-signal->`` a signal, ``->?`` a condition,
the order of the lines is the priority. Keyword arguments give activities their fields: a split
as text (``a="OR"``), everything else as a dict; ``"a>b"`` in ``edges`` does it for transitions.
"""

import re

from workflow_engine.core.constants import AND, OR, STRICT, XOR
from workflow_engine.core.definition import Activity, Transition
from workflow_engine.core.graph import Graph

#: Fields of frequent activities.
FUNCTION = {"kind": "function", "code": "x"}
SERVER = {"action_id": 5}
SUBFLOW = {"kind": "subflow", "subflow": 2}
FOUND = {**SUBFLOW, "code": "x"}
STOPALL = {"kind": "stopall"}
JOIN = {"join_mode": AND}

ARROW = re.compile(r"^(\w+)(\*?)(!?)\s*-(?:([\w.]+)-)?>(\??)\s*(\w+)(\*?)(!?)$")
LONE = re.compile(r"^(\w+)(\*?)(!?)$")
SHORT = {XOR: {"split_mode": XOR}, OR: {"split_mode": OR}, AND: {"split_mode": AND}}


def flow(text, profile=STRICT, *, version=1, edges=None, model="res.partner", **activities):
    """Return the graph of a text; ids depend on ``version`` only, names are those of the text."""
    seen, arrows = {}, []
    for line in (line.strip() for line in re.split(r"[;\n]", text)):
        if not line:
            continue
        if match := LONE.match(line):
            _see(seen, *match.groups())
            continue
        match = ARROW.match(line)
        assert match, f"not an arrow: {line!r}"
        source, s_start, s_stop, signal, guard, target, t_start, t_stop = match.groups()
        _see(seen, source, s_start, s_stop)
        _see(seen, target, t_start, t_stop)
        arrows.append((source, target, signal or "", bool(guard)))
    assert set(activities) <= set(seen), f"no such activity: {set(activities) - set(seen)}"
    ids = {name: 1000 * version + number for number, name in enumerate(seen, 1)}
    return Graph(
        id=version,
        definition=version,
        name=f"flow {version}",
        model=model,
        profile=profile,
        activities=tuple(
            Activity(
                **{
                    "id": ids[name],
                    "key": name,
                    "name": name,
                    "flow_start": start,
                    "flow_stop": stop,
                    **_fields(activities.get(name, {})),
                }
            )  # fmt: skip
            for name, (start, stop) in seen.items()
        ),
        transitions=tuple(_transitions(arrows, ids, version, edges or {})),
    )


def _see(seen, name, start, stop):
    old_start, old_stop = seen.get(name, (False, False))
    seen[name] = (old_start or bool(start), old_stop or bool(stop))


def _fields(value):
    return SHORT[value] if isinstance(value, str) else value


def _transitions(arrows, ids, version, extra):
    pairs, keys = [], []
    for number, (source, target, signal, guarded) in enumerate(arrows, 1):
        key = f"{source}>{target}"
        pairs.append(key)
        key += f"#{pairs.count(key)}" if pairs.count(key) > 1 else ""
        keys.append(key)
        fields = {"signal": signal, "condition": "asked" if guarded else "", "sequence": 10}
        fields.update(extra.get(key, {}))
        yield Transition(1_000_000 * version + number, key, ids[source], ids[target], **fields)
    assert set(extra) <= set(keys), f"no such transition: {set(extra) - set(keys)}"
