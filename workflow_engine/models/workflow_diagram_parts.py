"""Activities and transitions as the diagram shows them."""

from odoo import models

from ..core import constants as words
from ..core import diagram


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
        # In the order in which it happens.
        if self.kind != words.DUMMY and self.action:
            lines.append(diagram.line("code", self.action))
        if self.kind != words.SUBFLOW and self.action_id:
            lines.append(diagram.line("action", self.action_id.name))
        if self.signal_send:
            lines.append(diagram.line("send", self.signal_send))
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
        if self.signal_send:
            yield self.env._("Signal sent: %(signal)s", signal=self.signal_send)
        if self.state_value:
            yield self.env._("Value of the state field: %(value)s", value=self.state_value)
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


def _place(rect):
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}


def _lines(lines):
    return [{"kind": one.kind, "text": one.text, "height": one.height} for one in lines]
