"""Keeping the number of environments, and the price of asking for one, small."""

from contextlib import contextmanager

from odoo.tools.func import reset_cached_properties

#: Context key under which :class:`Results` are collected.
RESULTS = "base_automation_ext_results"


class ActionDone(dict):
    """What rules have been run on in a chain of events: ``{rule: records}``.

    The value of the context key ``__action_done``. Whoever asks for an environment has its context
    compared with those of all others; as plain dictionaries that would compare recordsets, and
    two chains that have both done nothing yet would be given one and the same dictionary.
    """

    __slots__ = ()
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__


#: Key in ``cursor.__dict__``: a chain of events in which no rule has run, and its environments.
_UNUSED = "base_automation_ext_unused_chain"


def begin_chain(event):
    """Begin a chain of events: its context gets what notes the rules that have been run.

    :returns: what :func:`end_chain` wants
    """
    env = event.records.env
    unused = env.cr.__dict__.pop(_UNUSED, None)
    if unused is None:
        done = event.context["__action_done"] = ActionDone()
    else:
        done, base, inside = unused
        event.context["__action_done"] = done
        # One that was taken off the list would be told of no change: tests do that to them all.
        if base is env and len(event.context) == 1 and inside in env.transaction.envs:
            event.known = (base, 1, inside)
    return done, env, event.in_context(event.records).env


def end_chain(chain):
    """Let the next chain have what this one has had if no rule is noted in it.

    In most chains no rule runs. Were each given one of its own, every write would be made in a new
    environment, which knows no user, no company and no cache yet, and most of which stay until the
    next garbage collection, because they hold on to themselves.
    """
    done, _base, inside = chain
    if not done:
        inside.cr.__dict__[_UNUSED] = chain


class Results(list):
    """What the actions of a rule have returned, for whoever starts it and wants to know.

    The value of the context key :data:`RESULTS`; compared like :class:`ActionDone`. Rules that run
    because of it have the same context and add nothing.
    """

    __slots__ = ("rule_id",)
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__

    def __init__(self, rule_id):
        super().__init__()
        self.rule_id = rule_id


@contextmanager
def released_environments(env):
    """Make environments created inside go away as soon as nobody uses them.

    Odoo looks through all environments of a transaction whenever one is asked for, and one that
    has been asked for its user or company holds on to itself through that record: it would stay
    until the next full garbage collection, and a thousand firings would take a thousand times
    longer than one. Only what they have memoised is dropped; an environment that is still in use
    stays registered and works it out again.
    """
    environments = env.transaction.envs
    known = set(environments)
    try:
        yield
    finally:
        for used in list(environments):
            if used not in known:
                reset_cached_properties(used)
