"""Instances come into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .requests import Load, Request
from .world import World


def load_with_parents(world: World, ids: Iterable[int]) -> Iterator[Request]:
    """Load instances and all that wait for them, directly or not: they may have to be told.

    Locked in the order of their ids in each round, so that two transactions do not wait for each
    other more often than their instances are linked.
    """
    wanted = {one for one in ids if not world.knows(one)}
    while wanted:
        yield from load(world, wanted, lock=True)
        above = {parent for one in wanted for parent in world.parents_of(one)}
        wanted = {one for one in above if not world.knows(one)}


def load(world: World, ids: set[int], *, lock: bool) -> Iterator[Request]:
    """Load what is not in memory yet."""
    request = Load(tuple(sorted(one for one in ids if not world.knows(one))), lock)
    if request.instances:
        yield request
        world.load(request.snapshots())
