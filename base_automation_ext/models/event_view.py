"""The records of one event, with the values rules ask for read once for all of them."""

from __future__ import annotations

from functools import cached_property

import psycopg2

from odoo.addons.server_action_engine.core.errors import is_retryable_db_error

#: Key in ``cursor.__dict__``: how many batches of records rules have been run on. Values read
#: before a rule has run are not used after it.
GENERATION = "base_automation_ext_generation"
_NOTHING = (None, None, None)


def next_generation(cr) -> None:
    """Note that a rule has run: values read so far may have changed."""
    cr.__dict__[GENERATION] = cr.__dict__.get(GENERATION, 0) + 1


class EventView(dict):
    """Positions of records instead of recordsets, columns instead of records.

    As a dictionary: the columns of values by field, of a many2one its ids. Nearly all rules say no
    to nearly all changes after a look or two at a column, so that look has to cost nothing.
    """

    def __init__(self, records, feedback=False) -> None:
        super().__init__()
        self.records = records
        """The records in the environment rules are processed in."""
        self._feedback = feedback
        self._of_cursor = records.env.cr.__dict__
        self._generation = self._of_cursor.get(GENERATION)
        self._selected: tuple = _NOTHING
        """What :meth:`refuses` has found: filter, positions, those that match."""

    @cached_property
    def marked(self):
        """The records in the environment that tells nested rules about this evaluation."""
        return self.records.with_context(__action_feedback=True) if self._feedback else self.records

    @cached_property
    def readable(self):
        """The records as filters read them: without access rights."""
        return self.marked.sudo()

    @cached_property
    def everything(self):
        """The positions of all records."""
        return range(len(self.records))

    @cached_property
    def _position_of(self):
        return {record_id: at for at, record_id in enumerate(self.records._ids)}

    @property
    def generation(self):
        """A number that is another one once a rule has run."""
        return self._of_cursor.get(GENERATION)

    def at(self, positions):
        """Return the records at ``positions``, for processing."""
        if len(positions) == len(self.records):
            return self.records
        ids = self.records._ids
        return self.records.browse([ids[at] for at in positions])

    def positions(self, records):
        """Return the positions of ``records``."""
        position_of = self._position_of
        return [position_of[record_id] for record_id in records._ids]

    def __missing__(self, name):
        column = self._read(name)
        # Computing a value may have run rules.
        self._forget_outdated()
        self[name] = column
        return column

    def _forget_outdated(self):
        generation = self._of_cursor.get(GENERATION)
        if generation != self._generation:
            self.clear()
            self._generation = generation

    def _read(self, name):
        field = self.records._fields[name]
        column = self._read_cached(field)
        if column is not None:
            return column
        records = self.readable
        if field.type == "many2one":
            return [record[name].id for record in records]
        return [record[name] for record in records]

    def _read_cached(self, field):
        """Return the column of a field whose values are all at hand, else None.

        A write has usually just put them there; asking each record costs many times more.
        """
        env = self.records.env
        if (
            not field.store
            or field.translate
            or field in env.registry.field_depends_context
            or (field.compute and env.records_to_compute(field))
        ):
            return None
        values = field._get_cache(env)
        try:
            return [values[record_id] for record_id in self.records._ids]
        except KeyError:
            return None

    def is_plain(self, name):
        """Tell whether looking at a field does no more than read, if even that.

        So it does not matter when it happens. Computing a value may do anything.
        """
        if name in self:
            return True
        field, env = self.records._fields[name], self.records.env
        return (
            field.store
            and field.prefetch is True
            and not field.translate
            and field not in env.registry.field_depends_context
            and not (field.compute and env.records_to_compute(field))
        )

    def possible(self, sieve):
        """Return the numbers of the domains in a sieve that some record may match."""
        self._forget_outdated()
        try:
            return sieve.candidates(self, self.everything, self.is_plain)
        except Exception as exc:
            if isinstance(exc, psycopg2.Error) or is_retryable_db_error(exc):
                raise
            # Each will meet the problem itself, and be the one whose fault it is.
            return sieve.numbers

    def refuses(self, rule_filter, positions):
        """Tell whether plain values suffice to say that none of the records matches a filter."""
        compiled = rule_filter.compiled
        if compiled is None:
            return False
        if self._of_cursor.get(GENERATION) != self._generation:
            self._forget_outdated()
        found = compiled.select(self, positions)
        self._selected = (rule_filter, positions, found)
        return not found

    def select(self, rule_filter, positions):
        """Return the positions that match a filter without names."""
        if not rule_filter.text:
            return positions
        if rule_filter.compiled is not None:
            of_filter, of_positions, found = self._selected
            if of_filter is rule_filter and of_positions is positions:
                self._selected = _NOTHING
                return found
            self._forget_outdated()
            return rule_filter.compiled.select(self, positions)
        candidates = self.at(positions).with_env(self.readable.env)
        return self.positions(candidates.filtered_domain(rule_filter.parsed))
