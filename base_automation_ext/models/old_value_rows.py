"""Old values as JSON, for what happens later with them, and back."""

import json


def pack(record, old):
    """Return the old values of a record as values JSON can hold.

    :param old: values by field, as read from the record
    """
    return {name: _plain(record, name, value) for name, value in old.items()}


def unpack(model, values):
    """Return old values as :func:`pack` was given them, with records in the environment of
    ``model``; fields that do not exist any more are left out.
    """
    return {
        name: None if value is None else _record_value(model, name, value)
        for name, value in values.items()
        if name in model._fields
    }


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
