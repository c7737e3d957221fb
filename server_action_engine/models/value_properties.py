"""Property fields: labels instead of technical names, and other properties left alone."""

import copy
import datetime

from odoo import fields
from odoo.models import BaseModel

from ..core.values import LiteralError


def adapted_properties(pairs, model):
    """Return the pairs with the values of property fields complete.

    Writing a dict to a property field replaces all properties of the record, so the ones that are
    not mentioned are added.

    :param pairs: list of ``(id, vals)``
    :param model: empty recordset in the environment to write in
    """
    names = _property_names({name for _id, vals in pairs for name in vals}, model)
    if not names:
        return pairs
    adapted = []
    for res_id, vals in pairs:
        record = model.browse(res_id)
        changed = {}
        for name in names:
            field, wanted = model._fields[name], vals.get(name)
            if wanted:
                container = vals.get(field.definition_record)
                known = record[name]._values if container is None else {}
                changed[name] = {**copy.deepcopy(known or {}), **_by_name(field, record, wanted)}
        adapted.append((res_id, {**vals, **changed}))
    return adapted


def properties_for_new(vals, model):
    """Return the values for a record to be created, properties by their technical names."""
    names = [name for name in _property_names(vals, model) if vals[name]]
    if not names:
        return vals
    draft = model.new({key: value for key, value in vals.items() if key not in names})
    return {**vals, **{name: _by_name(model._fields[name], draft, vals[name]) for name in names}}


def _property_names(names, model):
    return [name for name in names if model._fields[name].type == "properties"]


def _by_name(field, record, wanted):
    """Return ``wanted`` with labels replaced by technical names, values as they are stored."""
    definition = field._get_properties_definition(record) or []
    known = {item["name"] for item in definition}
    labels = {item.get("string", ""): item["name"] for item in definition}
    result = {}
    for key, value in wanted.items():
        name = key if key in known else labels.get(key)
        if name is None:
            raise LiteralError("unknown_property", value=str(key), record=record.display_name or "")
        result[name] = _plain(value)
    return result


def _plain(value):
    if isinstance(value, BaseModel):
        return value.ids if len(value) > 1 else value.id
    if isinstance(value, datetime.datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, datetime.date):
        return fields.Date.to_string(value)
    return value
