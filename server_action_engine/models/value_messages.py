"""What is wrong with a mapped value, in words for the author of the action."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Codes of :class:`~..core.values.LiteralError` → sentence.
MESSAGES = {
    "refused_type": _lt(
        "fields of type %(type)s cannot be set by an action, because a file is no text. "
        "Use code to copy a file."
    ),
    "not_boolean": _lt("“%(value)s” is neither yes nor no. Write true or false."),
    "not_integer": _lt("“%(value)s” is not a whole number."),
    "not_number": _lt(
        "“%(value)s” is not a number. Write it like 1234.5, without separators of thousands."
    ),
    "not_date": _lt(
        "“%(value)s” is not a date. Write it like 2026-12-31, or relative to today like today +3d."
    ),
    "not_datetime": _lt(
        "“%(value)s” is not a date and time. Write it like 2026-12-31 14:00:00 (UTC), "
        "or relative to now like now +2H."
    ),
    "not_relative": _lt(
        "“%(value)s” is not understood. Start with today or now and add or subtract days (d), "
        "weeks (w), months (m), years (y), hours (H) or minutes (M): today +3d."
    ),
    "no_clock": _lt("“%(value)s” cannot be used here."),
    "not_selection": _lt("“%(value)s” is not one of the possible values: %(keys)s."),
    "not_json": _lt("“%(value)s” is not valid JSON (%(cause)s)."),
    "not_properties": _lt(
        "“%(value)s” does not name properties. Write them as JSON: the name or label of each "
        'property with its value, such as {"Color": "red"}.'
    ),
    "unknown_property": _lt("there is no property “%(value)s” on %(record)s."),
    "not_commands": _lt("“%(value)s” is neither a list of records nor a list of x2many commands."),
    "not_external_id": _lt(
        "“%(value)s” is no external id. Write it as module.name; several are separated by commas."
    ),
    "not_reference": _lt("“%(value)s” is no reference. Write it as model,id or as external id."),
    "no_external_id": _lt("there is no record with the external id “%(value)s”."),
    "no_record": _lt("there is no %(model)s with the id %(value)s."),
    "no_name": _lt("there is no %(model)s named “%(value)s”."),
    "several_names": _lt(
        "there are several %(model)s named “%(value)s”. Choose the record, or use its external id."
    ),
    "several_records": _lt("one record is needed, but there are several: %(value)s."),
    "several_values": _lt("one value is needed, but the path leads to several: %(value)s."),
    "other_model": _lt("%(value)s is a record of %(found)s, but the field wants %(model)s."),
    "not_record": _lt("“%(value)s” does not name a record."),
    "record_for_value": _lt("%(value)s is a record, but the field holds a plain value."),
    "no_model": _lt(
        "“%(value)s” does not say which model it belongs to. Use an external id, or model,id."
    ),
    "no_path": _lt("choose the field the value is taken from."),
    "path_field": _lt("%(model)s has no field “%(value)s” (in the path %(path)s)."),
    "path_stops": _lt(
        "the path %(path)s goes on after “%(value)s”, which does not lead to other records."
    ),
    "path_type": _lt(
        "the path %(path)s ends at a field of type %(found)s, which does not fit into a field of "
        "type %(type)s. Use an equation to convert it."
    ),
    "path_model": _lt("the path %(path)s leads to %(found)s, but the field wants %(model)s."),
    "no_sequence": _lt(
        "there is no sequence “%(value)s”. Choose one, or write its external id or code."
    ),
    "sequence_type": _lt("a number from a sequence cannot go into a field of type %(type)s."),
    "unknown_model": _lt("there is no model “%(value)s”."),
}


def sentence_of(env, error):
    """Return what a :class:`~..core.values.LiteralError` says, in the language of ``env``."""
    # A lazy text takes no values; they are filled in afterwards.
    return env._(MESSAGES[error.code]) % error.data  # pylint: disable=translation-not-lazy
