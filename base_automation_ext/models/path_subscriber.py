"""Rules that look beyond their records, as a subscriber to the event hook.

It hears changes of the models along the paths, works out which records of the rules' models see
something else than before, and hands these to their rules.
"""

from __future__ import annotations

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools.misc import clean_context

from odoo.addons.server_action_engine.core.subscriptions import COMPUTE, CREATE, UNLINK

from ..core.triggers.sightings import difference
from .environments import ActionDone, released_environments
from .trigger_path_changes import CHANGES_KEY, PathChanges, open_changes
from .trigger_path_walk import Passage


class PathSubscriber(models.AbstractModel):
    _name = "base.automation.path.subscriber"
    _inherit = ["server.action.event.subscriber"]
    _description = "Automation Rules Listening along Paths"

    # Who loses a line is known before it is deleted; that it is gone, after.
    _hears_deleted = True

    # -- before and after an event ----------------------------------------------------------------

    @api.model
    def _event_before(self, event, subscriptions):
        changes = open_changes(self.env)
        is_outermost = changes is None
        if is_outermost:
            changes = PathChanges()
        watches = [subscription.payload for subscription in subscriptions]
        if is_outermost and any(watch.is_frame for watch in watches):
            event.context[CHANGES_KEY] = changes
        looks = [
            (passage, listening, {} if event.kind == CREATE else passage.look(event.records))
            for passage, listening in self._passages(event, watches)
        ]
        return is_outermost, changes, looks

    @api.model
    def _event_after(self, event, subscriptions, state):
        is_outermost, changes, looks = state
        if event.kind == CREATE:
            changes.add_created(event.records)
        for passage, watches, before in looks:
            after = {} if event.kind == UNLINK else _look_again(passage, event.records)
            found = passage.lift(difference(before, after))
            if found or event.kind == CREATE:
                for watch in watches:
                    changes.add(watch, found)
        if is_outermost:
            with released_environments(self.env):
                self._settle(changes, event.context)

    def _passages(self, event, watches):
        """Return (passage, its watches); rules on the same path share what is read along it."""
        by_place = defaultdict(list)
        for watch in watches:
            if watch.is_frame or event.kind == COMPUTE and not watch.path.hears_recomputations:
                continue
            by_place[watch.path, watch.depth].append(watch)
        may_move = event.kind in (CREATE, UNLINK)
        return [
            (Passage(self.env, path, depth, event.names, may_move=may_move), found)
            for (path, depth), found in by_place.items()
        ]

    # -- firing -----------------------------------------------------------------------------------

    def _settle(self, changes, context):
        """Hand each rule the records that see something else than before.

        :param context: keys other subscribers have added to the event's context
        """
        settled = changes.close()
        if not settled:
            return
        # Values meant for new lines are none for what the rules of their record create.
        done = {"__action_done": context.get("__action_done") or ActionDone()}
        env = self.env(context={**done, **clean_context(self.env.context)})
        existing, stopped = self._existing(env, settled), defaultdict(set)
        for watch, seen, created in settled:
            records = env[watch.model].browse(sorted(existing[watch.model].intersection(seen)))
            try:
                old = self._select(watch, records, seen, created)
            except Exception as exc:  # noqa: BLE001 - computing a value may raise anything
                self.env["base.automation.subscriber"]._filter_failed(watch.entry, exc)
                continue
            ids = [record_id for record_id in old if record_id not in stopped[watch.model]]
            ran = self._fire(watch, records.browse(ids), old, created)
            if watch.entry.stop_others:
                stopped[watch.model].update(ran)

    def _existing(self, env, settled):
        """Return ``{model name: ids of the records concerned that still exist}``."""
        ids = defaultdict(set)
        for watch, seen, _created in settled:
            ids[watch.model].update(seen)
        return {name: set(env[name].browse(found).exists()._ids) for name, found in ids.items()}

    def _select(self, watch, records, seen, created):
        rules = self.env["base.automation"].sudo()
        select = getattr(rules, f"_select_{watch.entry.trigger.key}", rules._select_on_path)
        return select(watch, records.sudo(), seen, created)

    def _fire(self, watch, records, old, created):
        rules = records.env["base.automation.subscriber"]
        new = records.filtered(lambda record: record.id in created)
        ran = rules._fire(watch.entry, new) if new else ()
        if records - new:
            ran = (*ran, *rules._fire(watch.entry, records - new, old))
        return ran


def _look_again(passage, records):
    try:
        return passage.look(records)
    except MissingError:
        # Some did not survive being changed.
        return passage.look(records.exists())
