"""From the name of a path, or of a computed field, to the paths that have to be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .paths import LINES, LINKS, ONE, FieldFacts, WatchedPath

Lookup = Callable[[str, str], "FieldFacts | None"]
"""Model and name of a field → its facts, or None when there is no such field."""

#: Contexts a watched computed value may depend on: it is evaluated in the record's company.
_FIXED_CONTEXTS = frozenset({"company", "allowed_company_ids"})
_UNREADABLE = frozenset({"binary", "image", "properties", "properties_definition"})
#: Fields Odoo sets without saying so.
_SILENT = frozenset({"write_date", "write_uid"})
#: Related fields that lead from one to the next more often than this go round in a circle.
_LONGEST = 30


class PathError(Exception):
    """A path cannot be watched."""

    def __init__(self, reason: str, model: str, name: str) -> None:
        super().__init__(f"{reason}: {model}.{name}")
        self.reason = reason
        """What is wrong, as one word."""
        self.model = model
        self.name = name
        """The field that is to blame."""


class PathResolver:
    """Follows paths through the fields of all models."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def value(self, model: str, text: str) -> WatchedPath:
        """Return the path to a stored field of a related record.

        :param text: such as ``partner_id.country_id``
        :raises PathError: it cannot be watched
        """
        steps: list[FieldFacts] = []
        here = model
        parts = text.split(".")
        while parts:
            facts = self._follow(here, parts)
            if parts or facts.type in LINKS - {ONE}:
                steps.append(self._step(facts))
                here = facts.comodel
            else:
                _check_leaf(facts)
                return self._checked(
                    model, text, WatchedPath(tuple(steps), here, frozenset({facts.name}), True)
                )
        return self._checked(model, text, WatchedPath(tuple(steps), here))

    def lines(
        self, model: str, name: str, leaves: Iterable[str], *, by_people: bool
    ) -> WatchedPath:
        """Return the path to fields of the lines in a field.

        :param by_people: whether values that are recomputed do not count
        """
        steps = []
        here, parts = model, [name]
        while parts:
            facts = self._follow(here, parts)
            if facts.type not in LINKS or (not parts and facts.type == ONE):
                raise PathError("no_lines", facts.model, facts.name)
            steps.append(self._step(facts))
            here = facts.comodel
        for leaf in leaves:
            leaf_facts = self._facts(here, leaf)
            _check_leaf(leaf_facts)
            if leaf_facts.type == LINES:
                raise PathError("lines_of_lines", here, leaf)
        return WatchedPath(
            tuple(steps), here, frozenset(leaves), hears_recomputations=not by_people
        )

    def computed(self, model: str, name: str) -> tuple[WatchedPath, ...]:
        """Return the paths to everything a computed field depends on.

        :raises PathError: that cannot be known, or not be watched
        """
        facts = self._facts(model, name)
        if facts.is_stored:
            raise PathError("is_stored", model, name)
        found: dict[tuple[FieldFacts, ...], set[str]] = {}
        self._expand((), facts, (), found)
        return tuple(
            WatchedPath(steps, steps[-1].comodel if steps else model, frozenset(leaves))
            for steps, leaves in found.items()
        )

    # -- paths of names ---------------------------------------------------------------------------

    def _facts(self, model: str, name: str) -> FieldFacts:
        facts = self._lookup(model, name)
        if facts is None:
            raise PathError("unknown", model, name)
        return facts

    def _follow(self, model: str, parts: list[str]) -> FieldFacts:
        """Take the next stored field off ``parts``, putting what a related one stands for there."""
        for _ in range(_LONGEST):
            facts = self._facts(model, parts.pop(0))
            if parts and facts.type not in LINKS:
                raise PathError("no_link", facts.model, facts.name)
            if facts.is_stored:
                return facts
            if not facts.related:
                raise PathError("not_stored", facts.model, facts.name)
            parts[:0] = facts.related.split(".")
        raise PathError("recursive", model, parts[0])

    def _step(self, facts: FieldFacts) -> FieldFacts:
        if facts.type == LINES and not facts.inverses:
            raise PathError("no_inverse", facts.model, facts.name)
        return facts

    def _checked(self, model: str, text: str, path: WatchedPath) -> WatchedPath:
        if not path.steps:
            raise PathError("own_field", model, text)
        return path

    # -- dependencies of computed fields ----------------------------------------------------------

    def _expand(
        self,
        steps: tuple[FieldFacts, ...],
        facts: FieldFacts,
        trail: tuple[FieldFacts, ...],
        found: dict[tuple[FieldFacts, ...], set[str]],
    ) -> None:
        """Note what a field that is computed when it is read depends on."""
        if facts in trail:
            raise PathError("recursive", facts.model, facts.name)
        if facts.type in _UNREADABLE:
            raise PathError("unreadable", facts.model, facts.name)
        if not facts.depends:
            raise PathError("no_dependencies", facts.model, facts.name)
        if facts.depends_context - _FIXED_CONTEXTS:
            raise PathError("context", facts.model, facts.name)
        for text in facts.depends:
            self._depend(steps, facts.model, text.split("."), (*trail, facts), found)

    def _depend(
        self,
        steps: tuple[FieldFacts, ...],
        model: str,
        parts: Sequence[str],
        trail: tuple[FieldFacts, ...],
        found: dict[tuple[FieldFacts, ...], set[str]],
    ) -> None:
        """Note one dependency of a computed field of ``model``, which ``steps`` lead to."""
        for at, name in enumerate(parts):
            facts = self._facts(model, name)
            is_last = at + 1 == len(parts)
            if not facts.is_stored and name != "id":
                self._expand(steps, facts, trail, found)
            if is_last:
                _note_end(steps, facts, found)
            elif facts.type not in LINKS:
                # A part of a value, such as one of the properties.
                _note_end(steps, facts, found)
                return
            elif not facts.is_searchable:
                raise PathError("not_searchable", facts.model, facts.name)
            else:
                steps = (*steps, self._step(facts) if facts.is_stored else facts)
                model = facts.comodel


def _note_end(
    steps: tuple[FieldFacts, ...],
    facts: FieldFacts,
    found: dict[tuple[FieldFacts, ...], set[str]],
) -> None:
    if not facts.is_stored:
        return
    if facts.type in LINKS - {ONE}:
        found.setdefault((*steps, facts), set())
        return
    if facts.name in _SILENT:
        raise PathError("silent", facts.model, facts.name)
    leaves = found.setdefault(steps, set())
    if facts.name != "id":
        leaves.add(facts.name)


def _check_leaf(facts: FieldFacts) -> None:
    if facts.name in _SILENT:
        raise PathError("silent", facts.model, facts.name)
    if not facts.is_stored:
        raise PathError("not_stored", facts.model, facts.name)
    if facts.type in _UNREADABLE:
        raise PathError("unreadable", facts.model, facts.name)
