"""What a run writes down about values: short texts, and none that must stay secret."""

from odoo.models import BaseModel

from ..core.redact import HIDDEN, FieldFacts, may_keep
from ..core.values import MANY_TYPES, ONE_TYPES, shown

#: Values of one field told apart in the run log.
_MAX_SHOWN = 3
#: Ids of created records kept per step.
_MAX_CREATED = 1000


def note_values(frame, groups, model):
    """Add the values written to the running step.

    :param frame: the running step, or None
    :param groups: list of ``(vals, keys)``
    :param model: recordset of the model written to
    """
    if frame is None or not groups:
        return
    frame.values_model = model._name
    found = {}
    for vals, _keys in groups:
        for name, value in vals.items():
            texts = found.setdefault(name, {})
            if len(texts) <= _MAX_SHOWN:
                texts[_text(model, name, value)] = True
    for name, texts in found.items():
        few = list(texts)[:_MAX_SHOWN]
        frame.values[name] = shown(" | ".join(few) + (" | …" if len(texts) > _MAX_SHOWN else ""))


def note_created(frame, records):
    """Add the records created to the running step."""
    if frame is not None:
        room = _MAX_CREATED - len(frame.created)
        frame.created.extend((records._name, res_id) for res_id in records.ids[: max(0, room)])


def _text(model, name, value):
    field = model._fields[name]
    if not may_keep(FieldFacts(field.name, field.type, bool(field.groups))):
        return HIDDEN
    if isinstance(value, BaseModel):
        value = value.ids
    if field.type == "many2one" and isinstance(value, int) and value and field.comodel_name:
        record = model.env[field.comodel_name].sudo().browse(value).exists()
        return f"{record.display_name} (#{value})" if record else f"#{value}"
    if field.type in (*MANY_TYPES, *ONE_TYPES):
        return shown(value)
    if value is False and field.type != "boolean":
        return ""
    return shown(value)
