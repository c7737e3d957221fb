"""What rules on paths have seen since the outermost event of a chain began."""

from collections import defaultdict

from ..core.triggers.sightings import Sightings

#: Context key of the changes that are being collected, inside an event that frames others.
CHANGES_KEY = "base_automation_ext_path_changes"


class PathChanges:
    """Collects differences by rule and path, until the event that began it is over.

    Saving a record with ten lines is one change of it, although each line tells for itself.
    Compared by identity, because it is part of contexts.
    """

    def __init__(self):
        self.is_open = True
        self._found = defaultdict(lambda: defaultdict(Sightings))
        self._watches = {}
        self._created = defaultdict(set)

    def add(self, watch, found):
        """Add what records of a rule's model saw change along one of its paths."""
        self._watches[watch.entry.id] = watch
        self._found[watch.entry.id][watch.path].add(found)

    def add_created(self, records):
        """Note that records did not exist before."""
        self._created[records._name].update(records._ids)

    def close(self):
        """End collecting.

        :returns: list of (watch, ``{record id: [(path, Sighting)]}``, ids of new records), in the
            order of the rules
        """
        self.is_open = False
        return [
            (watch, seen, self._created[watch.model])
            for watch in sorted(
                self._watches.values(), key=lambda watch: (watch.position, watch.entry.id)
            )
            if (seen := self._seen_by_rule(watch))
        ]

    def _seen_by_rule(self, watch):
        seen = {}
        for path, sightings in self._found[watch.entry.id].items():
            for record_id, sighting in sightings.result().items():
                seen.setdefault(record_id, []).append((path, sighting))
        if watch.entry.trigger.hears_creation:
            for record_id in self._created[watch.model]:
                seen.setdefault(record_id, [])
        return seen


def open_changes(env):
    """Return the changes an event around this one collects, or None."""
    changes = env.context.get(CHANGES_KEY)
    return changes if changes is not None and changes.is_open else None
