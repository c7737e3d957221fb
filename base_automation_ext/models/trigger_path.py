"""Triggers that look beyond the record: from their settings to what has to be heard.

A trigger of this family has a model file ``trigger_path_<name>.py`` with ``_paths_of_<key>`` (the
paths that are watched) and, if what is seen along them does not decide by itself,
``_select_on_<key>`` (the records it fires for).
"""

from dataclasses import dataclass, replace

from odoo import models
from odoo.exceptions import ValidationError

from ..core.triggers.path_resolver import PathError, PathResolver
from ..core.triggers.paths import LINES, LINKS, MANY, FieldFacts, WatchedPath, watch_points
from .old_values import OldValues
from .rule_entry import RuleEntry
from .trigger_path_messages import sentence_of

PATH_SUBSCRIBER = "base.automation.path.subscriber"
#: Rules on changes of the record itself come first.
_SEQUENCE = 1


@dataclass(frozen=True, slots=True)
class PathWatch:
    """Why a rule hears an event."""

    entry: RuleEntry
    model: str
    """The model of the rule."""
    path: WatchedPath
    depth: int
    """Which model along the path the event is of."""
    is_frame: bool
    position: int
    """Place of the rule in the order of rules."""


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _path_resolver(self):
        """Return what follows paths through the fields of all models."""
        return PathResolver(lambda model, name: field_facts(self.env, model, name))

    def _path_subscriptions(self, entry):
        """Return the subscriptions by which the rule hears of changes along its paths."""
        self.ensure_one()
        trigger = entry.trigger
        return [
            replace(
                self._subscription(entry, point.event, point.names, point.model, PATH_SUBSCRIBER),
                payload=PathWatch(
                    entry, self.model_id.model, path, point.depth, point.is_frame, self.sequence
                ),
                sequence=_SEQUENCE,
            )
            for path in trigger.paths
            for point in watch_points(path, trigger.hears_creation)
        ]

    def _select_on_path(self, watch, records, seen, created):
        """Return the records a rule fires for, with what they saw before.

        Called as superuser, and for existing records only.

        :param records: records of the rule's model that saw something change
        :param seen: record id → list of (path, ``Sighting``)
        :param created: ids of those that did not exist before
        :returns: ``OldValues``
        """
        trigger = watch.entry.trigger
        return OldValues(
            (record.id, {})
            for record in records
            if (trigger.on_create or record.id not in created)
            and any(trigger.concerns(sighting) for _path, sighting in seen[record.id])
        )

    def _dependencies(self):
        found = super()._dependencies()
        paths_of = getattr(self, f"_paths_of_{self.trigger}", None)
        try:
            paths = paths_of() if paths_of else ()
        except PathError:
            # It cannot be watched, and so it does not depend on anything.
            return found
        for path in paths:
            for step in path.steps:
                found.fields.add((step.model, step.name))
            found.fields.update((path.leaf_model, leaf) for leaf in path.leaves)
        return found

    def _raise_path_problem(self, exc):
        raise ValidationError(
            self.env._(
                "The rule “%(rule)s” cannot wait for this. %(problem)s",
                rule=self.name,
                problem=sentence_of(self.env, exc),
            )
        ) from exc


def field_facts(env, model_name, name):
    """Return the ``FieldFacts`` of a field, or None when there is no such field."""
    model = env.get(model_name)
    field = model._fields.get(name) if model is not None else None
    if field is None:
        return None
    registry = env.registry
    inverses, link_names = (), frozenset()
    if field.type in (LINES, MANY):
        inverses, link_names = _seen_from_there(model, field)
    return FieldFacts(
        model=model_name,
        name=name,
        type=field.type,
        is_stored=bool(field.store),
        comodel=field.comodel_name if field.type in LINKS else "",
        inverses=inverses,
        link_names=link_names,
        related=field.related or "",
        depends=tuple(registry.field_depends[field]),
        depends_context=frozenset(registry.field_depends_context[field]),
        is_searchable=field._description_searchable,
    )


def _seen_from_there(model, field):
    """Return the inverses of a field that holds several records, and all that decides on them."""
    comodel = model.env[field.comodel_name]
    if field.type == LINES:
        names = [field.inverse_name] if field.inverse_name else []
    else:
        names = [inverse.name for inverse in model.pool.field_inverses[field]]
    inverses = tuple(name for name in names if comodel._fields[name].store)
    deciding = set(inverses)
    if hides_archived(comodel, field):
        deciding.add(comodel._active_name)
    for condition in field.get_comodel_domain(model).iter_conditions():
        deciding.add(condition.field_expr.split(".")[0])
    deciding.discard("id")
    return inverses, frozenset(deciding)


def hides_archived(comodel, field):
    """Tell whether archived records are not seen through a field that holds several."""
    return bool(comodel._active_name) and field.context.get("active_test", True)
