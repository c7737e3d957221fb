"""The diagram of a version as plain data: what is where, and what is written there."""

from odoo import api, models
from odoo.tools import ormcache

from ..core import constants as words
from ..core import diagram
from ..core.layout import arrange


class Workflow(models.Model):
    _inherit = "workflow"

    @api.readonly
    def diagram_data(self):
        """Return the diagrams to show for a definition: of the published version and the draft.

        :returns: list of what ``workflow.version.diagram_data()`` returns
        """
        self.ensure_one()
        versions = self.current_version_id | self.draft_version_id
        return [version.diagram_data() for version in versions or self.version_ids[:1]]


class WorkflowVersion(models.Model):
    _inherit = "workflow.version"

    @api.readonly
    def diagram_data(self):
        """Return the diagram with the number of live tokens of each activity.

        :returns: ``{version, name, width, height, activities, transitions, can_open}``; each
            activity has its place, ``lines`` of text, ``title`` and ``tokens``, each transition its
            ``points``, ``label``, ``title`` and ``taken``
        """
        self.ensure_one()
        # Also for a browser that calls it: what follows reads as superuser.
        self.check_access("read")
        # How many records there are is for those who may see all of them.
        is_admin = self.env.su or self.env.user._is_system()
        return self._diagram(self._live_tokens() if is_admin else {}, {})

    def _diagram(self, tokens, taken):
        """Return the diagram.

        :param tokens: ``{activity id: {count, state}}``
        :param taken: ``{transition id: how often}``
        """
        can_open = self.env["workflow.activity"].has_access("read")
        version = self.sudo()
        activities = version.activity_ids.sorted("id")
        transitions = version.transition_ids.sorted(lambda one: (one.sequence, one.id))
        nodes = {one.id: one._diagram_lines() for one in activities}
        edges = {one.id: one._diagram_lines() for one in transitions}
        picture = version._diagram_picture(activities, transitions, nodes, edges)
        return {
            "version": self.id,
            "name": version.display_name,
            "state": version.state,
            "can_open": can_open,
            "width": picture.width,
            "height": picture.height,
            "activities": [
                one._diagram_data(nodes[one.id], picture.boxes[one.id], tokens.get(one.id))
                for one in activities
            ],
            "transitions": [
                one._diagram_data(edges[one.id], picture.arrows[one.id], taken.get(one.id, 0))
                for one in transitions
            ],
        }

    def _diagram_picture(self, activities, transitions, nodes, edges):
        boxes = tuple(diagram.box(a.id, nodes[a.id], is_start=a.flow_start) for a in activities)
        arrows = tuple(
            diagram.arrow(t.id, t.act_from.id, t.act_to.id, edges[t.id]) for t in transitions
        )
        return self._arranged(boxes, arrows)

    @api.model
    @ormcache("boxes", "arrows")
    def _arranged(self, boxes, arrows):
        """Return the layout, kept: large ones take a while, and most do not change any more."""
        return arrange(boxes, arrows)

    def _live_tokens(self):
        groups = self.env["workflow.workitem"]._read_group(
            [
                ("inst_id.version_id", "=", self.id),
                ("inst_id.state", "in", (words.ACTIVE, words.STUCK)),
            ],
            ["act_id", "state"],
            ["__count"],
        )
        return tokens_of((activity.id, state, count) for activity, state, count in groups)


def tokens_of(rows):
    """Return ``{activity id: {count, failed}}`` from (activity id, state, count)."""
    found = {}
    for activity, state, count in rows:
        entry = found.setdefault(activity, {"count": 0, "failed": 0})
        entry["count"] += count
        entry["failed"] += count if state in (words.ERROR, words.BLOCKED) else 0
    return found
