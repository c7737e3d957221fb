"""Old values as JSON, for what happens later with them, and back."""

import json

from .old_values import OldValues


def pack(record, old):
    """Return the old values of a record as values JSON can hold.

    :param old: values by field or path, as read from the record
    """
    return {name: _plain(*_place(record, name), value) for name, value in old.items()}


def unpack(model, rows):
    """Return old values as :func:`pack` was given them, with records in the environment of
    ``model``; fields that do not exist any more are left out.

    :param rows: ``{record id: values of pack}``
    :returns: ``OldValues``
    """
    found = OldValues()
    for record_id, values in rows.items():
        found[record_id] = {}
        for name, value in values.items():
            owner, last = _place(model.browse(), name)
            if owner is None:
                continue
            kept = found.paths.setdefault(record_id, {}) if "." in name else found[record_id]
            kept[name] = None if value is None else _record_value(owner, last, value)
    return found


def _place(record, name):
    """Return the records a path leads to and the field at its end; (None, "") if it is gone."""
    *steps, last = name.split(".")
    owner = record
    for step in steps:
        field = owner._fields.get(step)
        if field is None or not field.relational:
            return None, ""
        owner = owner.env[field.comodel_name]
    return (owner, last) if last in owner._fields else (None, "")


def _plain(record, name, value):
    """Return a value that JSON can hold; None, which counts as another one, if there is none."""
    field = record._fields[name]
    if value is None:
        return None
    plain = field.convert_to_read(value, record, use_display_name=False)
    if field.type in ("date", "datetime"):
        return field.to_string(plain) or False
    try:
        json.dumps(plain)
    except (TypeError, ValueError):
        return None
    return plain


def _record_value(model, name, value):
    field = model._fields[name]
    record = model.new() if field.type == "properties" else model.browse()
    return field.convert_to_record(field.convert_to_cache(value, record, validate=False), record)
