"""Walking along paths, for all records of an event at once: one statement per step.

Everything is read as superuser: who may see a record does not decide whether it has changed.
"""

from ..core.triggers.paths import LINES, ONE
from ..core.triggers.sightings import lifted
from .trigger_path import hides_archived


class Passage:
    """Records of one event on one model along a path."""

    def __init__(self, env, path, depth, names, *, may_move):
        self.path = path
        self.depth = depth
        context = {
            key: env.context[key] for key in ("lang", "allowed_company_ids") if key in env.context
        }
        self.env = env(su=True, context=context)
        self._step = path.steps[depth - 1] if depth else None
        # Whether the event can change who sees the records, and not only what is behind them.
        self._moves = bool(depth) and (may_move or not self._step.link_names.isdisjoint(names))
        self._leaves = path.leaves if path.compares_leaves else frozenset()
        if depth == path.depth:
            self._leaves |= path.leaves & names

    def look(self, records):
        """Return who sees ``records`` and what they lead to (``Look``)."""
        records = self.env[records._name].browse(records._ids)
        ends = self._ends(records)
        if not self._moves:
            return {record_id: ((record_id,), ends[record_id]) for record_id in records._ids}
        viewers = self._viewers(self._step, records)
        return {
            record_id: (viewers.get(record_id, ()), ends[record_id]) for record_id in records._ids
        }

    def lift(self, found):
        """Return a difference between two looks as the records of the rule's model see it."""
        depth = self.depth - 1 if self._moves else self.depth
        while found and depth:
            records = self.env[self.path.model_at(depth)].browse(found)
            step = self.path.steps[depth - 1]
            found = lifted(found, self._viewers(step, records))
            depth -= 1
        return found

    def _viewers(self, step, records):
        """Return ``{id: ids of those who see the record through the step}``."""
        if step.type == LINES:
            return self._parents(step, records)
        model = self.env[step.model].with_context(active_test=False)
        if step.type != ONE:
            records = _visible(model, step, records)
        if step.is_stored:
            found = model.search_fetch([(step.name, "in", records.ids)], [step.name], order="id")
        else:
            found = model.search([(step.name, "in", records.ids)], order="id")
        wanted = set(records._ids)
        viewers = {}
        for viewer in found:
            for record_id in wanted.intersection(viewer[step.name]._ids):
                viewers.setdefault(record_id, []).append(viewer.id)
        return {record_id: tuple(ids) for record_id, ids in viewers.items()}

    def _parents(self, step, records):
        """Return the same for lines: they know their record themselves."""
        [inverse] = step.inverses
        records.fetch([inverse, *sorted(step.link_names)])
        viewers = {}
        for record in _visible(self.env[step.model], step, records):
            parent = record[inverse]
            parent_id = parent if isinstance(parent, int) else parent.id
            if parent_id:
                viewers[record.id] = (parent_id,)
        return viewers

    def _ends(self, records):
        """Return ``{id: {end of the path: values of its leaves}}``."""
        reached = {record_id: (record_id,) for record_id in records._ids}
        level = records
        for step in self.path.steps[self.depth :]:
            level.fetch([step.name])
            seen = {record.id: record[step.name]._ids for record in level}
            reached = {
                record_id: tuple({end: None for at in ids for end in seen[at]})
                for record_id, ids in reached.items()
            }
            level = level[step.name]
        values = self._values(level)
        return {record_id: {end: values[end] for end in ids} for record_id, ids in reached.items()}

    def _values(self, ends):
        names = sorted(self._leaves)
        fields = ends._fields
        readable = [name for name in names if fields[name].type != "binary"]
        ends.fetch(readable)
        values = {end.id: {name: end[name] for name in readable} for end in ends}
        for name in names:
            if name not in readable:
                # Comparing files costs more than acting on one that was written unchanged.
                for end in values.values():
                    end[name] = object()
        return values


def _visible(model, step, records):
    """Return those of ``records`` that are seen through a field that holds several."""
    field = model._fields[step.name]
    if hides_archived(records, field):
        records = records.filtered(records._active_name)
    return records.filtered_domain(field.get_comodel_domain(model))
