"""Reading of OpenERP 5–10 data files with workflows, without Odoo.

The files themselves load untouched through Odoo's own loader; this is for the wizard, which takes
what the loader does not: roles, references to what is not there, ``<workflow>`` tags, old buttons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from odoo.addons.server_action_engine.core.openerp_import.python2 import modernise
from odoo.addons.server_action_engine.core.openerp_import.values import (
    Ref,
    Search,
    Unknown,
    evaluate,
)
from odoo.addons.server_action_engine.core.openerp_import.xml_reader import (
    EVAL,
    FILE,
    MARKUP,
    REF,
    SEARCH,
    DataFile,
    FieldNode,
)

from .texts import lines_of

ROLE, WORKFLOW = "res.roles", "workflow"
ACTIVITY, TRANSITION = "workflow.activity", "workflow.transition"
#: Order in which they need each other.
MODELS = (ROLE, WORKFLOW, ACTIVITY, TRANSITION)
TAG = "workflow"
#: Texts that are Python: one expression a line.
PYTHON = frozenset({"action", "condition", "trigger_expr_id"})
BUTTON_METHOD = "action_workflow_signal"


@dataclass
class Element:
    """One record about workflows."""

    model: str
    xml_id: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    """Field → text, literal, Ref, Search or Unknown."""


@dataclass(frozen=True)
class Signal:
    """A ``<workflow>`` tag: send a signal to a record while the file is loaded."""

    model: str
    ref: str
    signal: str
    line: int


@dataclass(frozen=True)
class Button:
    """A button of an old view."""

    view: str
    line: int
    old: str
    new: str
    signal: str


@dataclass
class Workflows:
    """What a file says about workflows, in the order in which it can be taken over."""

    elements: list[Element] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


def collect(data_file: DataFile) -> Workflows:
    """Gather the workflows of a file."""
    found = Workflows()
    for record in data_file.records:
        if record.model in MODELS:
            values = {name: _value(node) for name, node in record.fields.items()}
            found.elements.append(Element(record.model, record.xml_id, record.line, values))
        elif record.model == "ir.ui.view" and "arch" in record.fields:
            found.buttons += _buttons(record.xml_id, record.fields["arch"])
    # The sort is stable: rows of one model keep the order of the file.
    found.elements.sort(key=lambda one: MODELS.index(one.model))
    for tag in data_file.others:
        if tag.tag == TAG:
            known = tag.attributes
            found.signals.append(
                Signal(
                    known.get("model", ""), known.get("ref", ""), known.get("action", ""), tag.line
                )
            )
    return found


def _value(node: FieldNode) -> Any:
    if node.kind == REF:
        return Ref(node.text) if node.text else None
    if node.kind == EVAL:
        return evaluate(node.text)
    if node.kind == SEARCH:
        return Search(node.model, evaluate(node.text), node.use)
    if node.kind == FILE:
        return Unknown(node.text)
    return node.text.strip()


def modern_lines(text: str) -> tuple[str, list[str]]:
    """Return expressions in present Python, and what is wrong with those that cannot be."""
    lines, problems = [], []
    for line in lines_of(text):
        modern = modernise(line)
        lines.append(modern.source)
        if modern.problem:
            problems.append(f"{line}: {modern.detail}")
    return "\n".join(lines), problems


def _buttons(view: str, arch: FieldNode) -> list[Button]:
    if arch.kind != MARKUP:
        return []
    try:
        root = etree.fromstring(f"<view>{arch.text}</view>")
    except etree.XMLSyntaxError:
        return []
    found = []
    for node in root.iter("button"):
        # OpenERP's default type was the workflow's signal.
        is_signal = node.get("type", "workflow") == "workflow" and not node.get("special")
        if is_signal and node.get("name") or node.get("states"):
            found.append(_button(view, arch.line, node, is_signal))
    return found


def _button(view: str, line: int, node: Any, is_signal: bool) -> Button:
    node.tail = None
    old = etree.tostring(node, encoding="unicode")
    signal = node.get("name", "") if is_signal else ""
    if is_signal:
        node.set("name", BUTTON_METHOD)
        node.set("type", "object")
        node.set("args", f'["{signal}"]')
    states = [one.strip() for one in (node.attrib.pop("states", None) or "").split(",")]
    states = [one for one in states if one]
    if states:
        shown = f"'{states[0]}'" if len(states) == 1 else tuple(states)
        hidden = f"state != {shown}" if len(states) == 1 else f"state not in {shown}"
        before = node.get("invisible")
        node.set("invisible", f"({before}) or {hidden}" if before else hidden)
    return Button(view, line, old, etree.tostring(node, encoding="unicode"), signal)
