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


class WorkflowActivity(models.Model):
    _inherit = "workflow.activity"

    def _diagram_lines(self):
        """Return what stands in the box: how it joins, its name, what it does, how it splits."""
        lines = [diagram.line("join", self.env._("And join"))] if self.join_mode == "AND" else []
        lines.append(diagram.line(diagram.NAME, self.name))
        if self.kind == words.SUBFLOW and self.subflow_id:
            lines.append(diagram.line("subflow", self.subflow_id.name))
        if self.kind == words.STOPALL:
            lines.append(diagram.line("stopall", self._label_of("kind")))
        if self.action_id:
            lines.append(diagram.line("action", self.action_id.name))
        elif self.kind == words.FUNCTION and self.action:
            lines.append(diagram.line("code", self.action))
        if len(self.out_transitions) > 1:
            text = self.env._("%(mode)s split", mode=self._label_of("split_mode"))
            lines.append(diagram.line("split", text))
        return lines

    def _diagram_data(self, lines, rect, tokens):
        splits = len(self.out_transitions) > 1
        return {
            "id": self.id,
            "kind": self.kind,
            "start": self.flow_start,
            "stop": self.flow_stop,
            "join": self.join_mode if self.join_mode == words.AND else "",
            "split": self.split_mode if splits else "",
            **_place(rect),
            "lines": _lines(lines),
            "title": "\n".join(self._diagram_title(tokens)),
            "tokens": tokens["count"] if tokens else 0,
            "failed": tokens["failed"] if tokens else 0,
        }

    def _diagram_title(self, tokens):
        yield self.env._("%(name)s (%(kind)s)", name=self.name, kind=self._label_of("kind"))
        if self.flow_start:
            yield self.env._("New instances start here.")
        if self.flow_stop:
            yield self.env._("The workflow can end here.")
        if self.action_id:
            yield self.env._("Server action: %(name)s", name=self.action_id.name)
        if self.action:
            yield self.env._("Code: %(code)s", code=self.action)
        if self.subflow_id:
            yield self.env._("Subflow: %(name)s", name=self.subflow_id.name)
        if tokens:
            yield self.env._("Here now: %(count)s", count=tokens["count"])
        if tokens and tokens["failed"]:
            yield self.env._("Failed here: %(count)s", count=tokens["failed"])

    def _label_of(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]


class WorkflowTransition(models.Model):
    _inherit = "workflow.transition"

    def _diagram_lines(self):
        """Return what stands at the arrow: signal, time, condition, who may cross it."""
        return [diagram.line(kind, text) for kind, text, _title in self._diagram_texts()]

    def _diagram_texts(self):
        """Yield (kind, text, text of the tooltip)."""
        if self.signal:
            shown = self.label or self.signal
            yield "signal", shown, self.env._("Signal: %(signal)s", signal=self.signal)
        if self.timer_kind:
            yield (
                "timer",
                self._timer_text(),
                self.env._("Timer: %(timer)s", timer=self._timer_text()),
            )
        condition = (self.condition or "").strip()
        if condition not in ("", "True"):
            yield "condition", condition, self.env._("Condition: %(code)s", code=condition)
        if self.condition_domain:
            text = self.condition_domain
            yield "condition", text, self.env._("Filter: %(filter)s", filter=text)
        if self.role_id:
            yield "role", self.role_id.name, self.env._("Role: %(role)s", role=self.role_id.name)
        if self.group_id:
            name = self.group_id.display_name
            yield "role", name, self.env._("Group: %(group)s", group=name)
        if self.trigger_model:
            yield (
                "trigger",
                self.trigger_model,
                self.env._("Woken by: %(model)s", model=self.trigger_model),
            )

    def _timer_text(self):
        if self.timer_kind == "date":
            return self.timer_expression or ""
        units = dict(self._fields["timer_unit"]._description_selection(self.env))
        return f"{self.timer_number:g} {units[self.timer_unit]}"

    def _diagram_data(self, lines, route, taken):
        return {
            "id": self.id,
            "source": self.act_from.id,
            "target": self.act_to.id,
            "points": [list(point) for point in route.points],
            "label": _place(route.label) if route.label else False,
            "lines": _lines(lines),
            "back": route.is_back,
            "taken": taken,
            "title": "\n".join(
                [
                    f"{self.act_from.name} → {self.act_to.name}",
                    *(title for _kind, _text, title in self._diagram_texts()),
                ]
            ),
        }


def tokens_of(rows):
    """Return ``{activity id: {count, failed}}`` from (activity id, state, count)."""
    found = {}
    for activity, state, count in rows:
        entry = found.setdefault(activity, {"count": 0, "failed": 0})
        entry["count"] += count
        entry["failed"] += count if state in (words.ERROR, words.BLOCKED) else 0
    return found


def _place(rect):
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}


def _lines(lines):
    return [{"kind": one.kind, "text": one.text, "height": one.height} for one in lines]
