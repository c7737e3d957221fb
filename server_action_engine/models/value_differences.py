"""Which of the values to write differ from what a record holds."""

from odoo.fields import Command
from odoo.tools import float_compare

from ..core.values import MANY_TYPES


def differing(record, vals):
    """Return the part of ``vals`` that would change the record.

    :param record: one record, in superuser mode
    """
    return {name: value for name, value in vals.items() if _differs(record, name, value)}


def _differs(record, name, value):
    field = record._fields[name]
    if field.type in MANY_TYPES:
        return any(_changes(command, set(record[name].ids)) for command in value or ())
    if field.type == "properties":
        # Completed with the other properties only when it is written.
        return bool(value)
    new = field.convert_to_cache(value, record)
    old = field.convert_to_cache(record[name], record)
    if field.type in ("float", "monetary"):
        digits = field.get_digits(record.env) if field.type == "float" else None
        if digits:
            return float_compare(new or 0.0, old or 0.0, precision_digits=digits[1]) != 0
    return (new or None) != (old or None)


def _changes(command, current):
    code = command[0]
    if code == Command.LINK:
        return command[1] not in current
    if code == Command.UNLINK:
        return command[1] in current
    if code == Command.SET:
        return set(command[2]) != current
    if code == Command.CLEAR:
        return bool(current)
    return True
