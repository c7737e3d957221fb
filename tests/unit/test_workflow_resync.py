"""A session follows the database when code rolls back to a savepoint behind its back."""

import copy

from workflow_kit.caller import USER, Caller
from workflow_kit.notation import SERVER, flow
from workflow_kit.profiles import both

from workflow_engine.core.events import Delete, Signal, Start


def rolled_back(caller, work, *events):
    """Do something inside an action, then put the rows back and tell the session."""
    rows = {name: copy.copy(value) for name, value in vars(caller.store).items()}
    caller.run(events)
    caller.store.__dict__.update(rows)
    session = caller._session
    stored = [one for one in session.instances if one in caller.store.instances]
    session.resync([caller.store.snapshot(one) for one in stored])


@both
def test_what_was_undone_in_another_instance_has_never_happened(profile):
    """It takes the same signal again afterwards, and nothing is lost or doubled."""
    graph = flow("a* -go-> b; b -on-> c; a -act-> d", profile, d=SERVER)
    caller = Caller(graph)
    other, acting = caller.start(), caller.start()

    def act(caller, work):
        rolled_back(caller, work, Signal(other, "go"), Signal(other, "on"))
        caller.signal(other, "go")

    caller.actions["d"] = act
    assert caller.signal(acting, "act").accepted
    assert (caller.where(other), caller.where(acting)) == (["b"], ["d"])
    assert caller.signal(other, "on").accepted
    assert caller.where(other) == ["c"]


@both
def test_an_instance_that_was_created_and_undone_is_gone(profile):
    """The one that acts goes on with the token it had."""
    graph = flow("a* -act-> d; d -> e!", profile, d=SERVER)
    caller = Caller(graph)
    acting = caller.start()

    def act(caller, work):
        rolled_back(caller, work, Start(1, "res.partner", 9))

    caller.actions["d"] = act
    caller.signal(acting, "act")
    assert (caller.where(acting), caller.state(acting)) == (["e"], "complete")
    assert list(caller.store.instances) == [acting]


@both
def test_an_instance_that_was_deleted_and_undone_is_back(profile):
    """As the rows say."""
    graph = flow("a* -go-> b!; a -act-> d", profile, d=SERVER)
    caller = Caller(graph)
    other, acting = caller.start(), caller.start()
    caller.actions["d"] = lambda caller, work: rolled_back(caller, work, Delete(other))
    caller.signal(acting, "act")
    assert caller.signal(other, "go", USER).accepted
    assert caller.where(other) == ["b"]
