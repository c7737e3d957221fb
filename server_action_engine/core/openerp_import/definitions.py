"""Old server actions, gathered from the records of a data file.

Field names are those of Odoo 8–10 where these differ from OpenERP 5–7; types (``state``) keep
their old keys except for the two that were renamed. What a field means today is decided by the
caller.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from .report import Report
from .values import Ref, RefText, Search, Unknown, evaluate
from .xml_reader import EVAL, FILE, REF, SEARCH, DataFile, FieldNode, Record

ACTION_MODEL = "ir.actions.server"
LINE_MODEL = "ir.server.object.lines"
WIZARD_MODEL = "ir.actions.wizard"
BINDING_MODEL = "ir.values"

STATES = {"other": "multi", "client_action": "client"}
KNOWN_STATES = frozenset(
    {
        "client", "dummy", "loop", "code", "trigger", "email", "sms", "object_create",
        "object_write", "object_copy", "multi",
    }
)  # fmt: skip

#: OpenERP 5–7 → Odoo 8–10.
FIELDS = {
    "srcmodel_id": "crud_model_id",
    "record_id": "link_field_id",
    "write_id": "write_expression",
    "copy_object": "ref_object",
    "trigger_obj_id": "wkf_field_id",
    "groups_id": "group_ids",
}
#: Helpers of the old forms, and what Odoo fills itself.
IGNORED = frozenset(
    {
        "type", "usage", "model_object_field", "sub_object", "sub_model_object_field", "copyvalue",
        "id_object", "id_value", "menu_ir_values_id", "copy_object_model", "wkf_model_name",
        "wkf_field_name", "link_new_record", "xml_id", "website_path", "website_published",
        "binding_type", "model_name",
    }
)  # fmt: skip
UNDERSTOOD = frozenset(
    {
        "name", "state", "sequence", "model_id", "condition", "code", "action_id", "email",
        "subject", "message", "mobile", "sms", "crud_model_id", "fields_lines", "link_field_id",
        "write_expression", "expression", "loop_action", "child_ids", "ref_object", "use_create",
        "use_write", "use_relational_model", "wkf_model_id", "wkf_field_id", "wkf_transition_id",
        "trigger_name", "group_ids", "help", "template_id", "partner_ids", "binding_model_id",
    }
)  # fmt: skip


@dataclass
class OldLine:
    """One row of the value mapping of a create, write or copy action."""

    line: int
    xml_id: str = ""
    field: Any = None
    """The field: Ref, Search or Unknown."""
    kind: str = "value"
    """``value`` or ``equation``."""
    value: Any = ""
    """Text, or a literal, Ref, RefText or Unknown."""


@dataclass
class OldAction:
    """One old server action."""

    xml_id: str
    """External id as written; for an action without one, a name made from its content."""
    line: int
    state: str
    values: dict[str, Any] = field(default_factory=dict)
    """Field → text, literal, Ref, RefText, Search or Unknown."""
    field_lines: dict[str, int] = field(default_factory=dict)
    """Field → line of the file."""
    lines: list[OldLine] = field(default_factory=list)
    children: list[Any] = field(default_factory=list)
    """Refs of the children of a multi action, in the order written."""
    bound: bool = False
    """It stands in the Action menu of its model."""

    def text(self, name: str) -> str:
        """Return a field as stripped text, "" when it is absent or no text."""
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    def line_of(self, name: str) -> int:
        """Return the line a field stands on, that of the record when it is absent."""
        return self.field_lines.get(name, self.line)


@dataclass
class Definitions:
    """Everything a file says about server actions."""

    actions: list[OldAction] = field(default_factory=list)
    wizards: dict[str, str] = field(default_factory=dict)
    """External id → name of the ``ir.actions.wizard`` records, which have no successor."""


def collect(data_file: DataFile, report: Report) -> Definitions:
    """Gather the server actions of a file with their lines, children and menu entries.

    :param report: receives what is not about server actions, and what is not understood
    """
    definitions = Definitions()
    lines: dict[str, OldLine] = {}
    owners: list[tuple[Any, OldLine]] = []
    bindings: list[Record] = []
    for record in data_file.records:
        if record.model == ACTION_MODEL:
            definitions.actions.append(_action(record, report))
        elif record.model == LINE_MODEL:
            line = _line(record)
            lines[record.xml_id] = line
            owners.append((_value(record.fields.get("server_id")), line))
        elif record.model == WIZARD_MODEL:
            name = record.text("name") or record.text("string")
            definitions.wizards[record.xml_id] = record.text("wiz_name") or name
            report.left_out(record.line, record.xml_id, "wizard_record", name=name)
        elif record.model == BINDING_MODEL:
            bindings.append(record)
        else:
            report.left_out(record.line, record.xml_id, "other_model", model=record.model)
    for other in data_file.others:
        report.left_out(other.line, "", "other_tag", tag=other.tag)
    _add_lines(definitions, lines, owners, report)
    _add_bindings(definitions, bindings, report)
    return definitions


def _action(record: Record, report: Report) -> OldAction:
    values, places = {}, {}
    for name, node in record.fields.items():
        known = FIELDS.get(name, name)
        if known in IGNORED:
            continue
        if known not in UNDERSTOOD:
            report.left_out(node.line, record.xml_id, "unknown_field", field=name)
            continue
        values[known] = _value(node)
        places[known] = node.line
        if isinstance(values[known], Unknown):
            report.left_out(
                node.line, record.xml_id, "not_evaluated", field=name, source=values[known].source
            )
            del values[known]
    # OpenERP 5–7 did nothing by default; Odoo 8–10 ran the code.
    state = values.pop("state", None) or ("code" if values.get("code") else "dummy")
    action = OldAction(
        record.xml_id or _made_up_id(record), record.line, STATES.get(str(state), str(state)),
        values, places,
    )  # fmt: skip
    _take_inline_lines(action, report)
    action.children = _take_children(action, report)
    return action


def _made_up_id(record: Record) -> str:
    """Return an external id that is the same whenever the same record is read."""
    content = repr([(name, node.kind, node.text) for name, node in sorted(record.fields.items())])
    return "no_id_" + hashlib.sha256(content.encode()).hexdigest()[:12]


def _value(node: FieldNode | None) -> Any:
    if node is None:
        return None
    if node.kind == REF:
        return Ref(node.text) if node.text else None
    if node.kind == EVAL:
        return evaluate(node.text)
    if node.kind == SEARCH:
        return Search(node.model, evaluate(node.text), node.use)
    if node.kind == FILE:
        return Unknown(node.text)
    return node.text


def _line(record: Record) -> OldLine:
    kind = _value(record.fields.get("type")) or "equation"
    return OldLine(
        record.line,
        record.xml_id,
        _value(record.fields.get("col1")),
        str(kind).strip(),
        _value(record.fields.get("value")),
    )


def _take_inline_lines(action: OldAction, report: Report) -> None:
    """Turn ``fields_lines`` commands into lines; references are resolved later."""
    place = action.line_of("fields_lines")
    for command in action.values.pop("fields_lines", None) or ():
        content = _new_values(command)
        if content is not None:
            kind = str(content.get("type") or "equation")
            action.lines.append(OldLine(place, "", content.get("col1"), kind, content.get("value")))
        else:
            refs = _linked(command)
            if refs is None:
                report.left_out(place, action.xml_id, "unknown_command", field="fields_lines")
            action.lines += [OldLine(place, ref.xml_id) for ref in refs or ()]


def _take_children(action: OldAction, report: Report) -> list[Any]:
    place = action.line_of("child_ids")
    children: list[Any] = []
    for command in action.values.pop("child_ids", None) or ():
        refs = _linked(command)
        if refs is None:
            report.left_out(place, action.xml_id, "unknown_command", field="child_ids")
        children += refs or []
    return children


def _new_values(command: Any) -> dict[str, Any] | None:
    if isinstance(command, (list, tuple)) and len(command) == 3 and command[0] == 0:
        return command[2] if isinstance(command[2], dict) else None
    return None


def _linked(command: Any) -> list[Ref] | None:
    """Return the records a command links: ``(4, ref)``, ``(6, 0, [refs])``, or a bare ref."""
    if isinstance(command, Ref):
        return [command]
    if not isinstance(command, (list, tuple)) or not command:
        return None
    if command[0] == 4 and len(command) > 1 and isinstance(command[1], Ref):
        return [command[1]]
    if command[0] == 6 and len(command) == 3 and isinstance(command[2], (list, tuple)):
        refs = [item for item in command[2] if isinstance(item, Ref)]
        return refs if len(refs) == len(command[2]) else None
    return [] if command[0] == 5 else None


def _add_lines(
    definitions: Definitions,
    lines: dict[str, OldLine],
    owners: list[tuple[Any, OldLine]],
    report: Report,
) -> None:
    by_id = {action.xml_id: action for action in definitions.actions}
    used: set[int] = set()
    for action in definitions.actions:
        for position, line in enumerate(action.lines):
            if line.xml_id and line.field is None:
                found = lines.get(line.xml_id)
                if found is None:
                    report.left_out(line.line, action.xml_id, "missing_line", name=line.xml_id)
                    continue
                action.lines[position] = found
                used.add(id(found))
        action.lines = [line for line in action.lines if line.field is not None or line.value]
    for owner, line in owners:
        if id(line) in used:
            continue
        action_found = by_id.get(owner.xml_id) if isinstance(owner, Ref) else None
        if action_found is None:
            report.left_out(line.line, line.xml_id, "line_without_action")
        else:
            action_found.lines.append(line)


def _add_bindings(definitions: Definitions, bindings: list[Record], report: Report) -> None:
    """Take entries of the Action menu, which OpenERP kept in ``ir.values``."""
    by_id = {action.xml_id: action for action in definitions.actions}
    for record in bindings:
        value = _value(record.fields.get("value")) or _value(record.fields.get("value_unpickle"))
        target = value.ref.xml_id if isinstance(value, RefText) else None
        action = by_id.get(target) if target else None
        if action is None:
            report.left_out(record.line, record.xml_id, "other_model", model=record.model)
        else:
            action.bound = True
            report.understood(record.line, record.xml_id, "bound", action=action.xml_id)
