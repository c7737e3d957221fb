"""Values of mapped fields: literal text to typed values, tolerant typing of computed results.

Literals of relations are read in ``value_records``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone, tzinfo
from typing import Any

from .errors import ConfigurationError
from .relative_dates import is_relative, local_midnight, relative_moment

TEXT_TYPES = frozenset({"char", "text", "html"})
NUMBER_TYPES = frozenset({"integer", "float", "monetary"})
MANY_TYPES = frozenset({"one2many", "many2many"})
#: Fields whose value names one record of another model.
ONE_TYPES = frozenset({"many2one", "many2one_reference", "reference"})
JSON_TYPES = frozenset({"json", "properties"})
REFUSED_TYPES = frozenset({"binary", "image", "properties_definition"})

#: Target type → source types whose values fit without help, besides the type itself. Text and
#: boolean fields take everything that can be read.
_FITTING = {
    "integer": NUMBER_TYPES | {"boolean", "many2one", "many2one_reference"},
    "float": NUMBER_TYPES | {"boolean"},
    "monetary": NUMBER_TYPES | {"boolean"},
    "date": frozenset({"datetime"}),
    "datetime": frozenset({"date"}),
    "selection": frozenset({"char"}),
    "many2one": frozenset({"reference"}),
    "many2one_reference": frozenset({"integer", "many2one"}),
    "reference": frozenset({"many2one"}),
    "json": TEXT_TYPES | NUMBER_TYPES | {"boolean", "selection"},
}

_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "off", "n", "f", "none"})
#: Longest text of a value kept for people to read.
SHOWN_LENGTH = 200


class LiteralError(ConfigurationError, ValueError):
    """A text or result is no value of the field's type.

    :param code: what is wrong, a key the model layer translates
    :param data: values of the placeholders of the message
    """

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(f"{code}: {data}" if data else code)
        self.code = code
        self.data = data


@dataclass(frozen=True)
class TypeRules:
    """What is known about the target field and the moment."""

    ttype: str
    """Type of the field, as in ``ir.model.fields.ttype``."""
    selection: Mapping[str, str] = field(default_factory=dict)
    """Key → label of a selection field."""
    now: datetime | None = None
    """Naive UTC; needed for relative dates."""
    tz: tzinfo = timezone.utc
    """Time zone whose midnight is ``today``."""


def parse_scalar(text: str, rules: TypeRules) -> Any:
    """Return the typed value of a literal; an empty text empties the field.

    :raises LiteralError: the text is no value of the type
    """
    ttype = rules.ttype
    if ttype in REFUSED_TYPES:
        raise LiteralError("refused_type", type=ttype)
    if ttype in TEXT_TYPES:
        return text or False
    stripped = text.strip()
    if not stripped:
        return False
    if ttype in JSON_TYPES:
        return parse_json(stripped, must_be_dict=ttype == "properties")
    return coerce_scalar(unquoted(stripped), rules)


def coerce_scalar(value: Any, rules: TypeRules) -> Any:
    """Return a computed result as a value of a field that is not relational.

    Tolerant as OpenERP was: numbers as text, keys as numbers, dates as text.

    :param value: no recordset
    :raises LiteralError: the result is no value of the type
    """
    ttype = rules.ttype
    if ttype == "boolean":
        return _to_boolean(value)
    if ttype in JSON_TYPES:
        return _to_json(value, rules)
    if value is None or value is False or value == "":
        return False
    if ttype == "integer":
        return _to_integer(value)
    if ttype in NUMBER_TYPES:
        return _to_float(value)
    if ttype == "date":
        return _to_date(value, rules)
    if ttype == "datetime":
        return _to_datetime(value, rules)
    if ttype == "selection":
        return _to_selection(value, rules)
    return _to_text(value)


def is_compatible(source_type: str, target_type: str) -> bool:
    """Tell whether values of one field type can be copied into a field of another."""
    if target_type in REFUSED_TYPES or source_type in REFUSED_TYPES:
        return False
    if source_type == target_type:
        return True
    if target_type in TEXT_TYPES or target_type == "boolean":
        return source_type not in JSON_TYPES or target_type == "boolean"
    return source_type in _FITTING.get(target_type, ())


def shown(value: Any, limit: int = SHOWN_LENGTH) -> str:
    """Return a value as one short text for logs and reports."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def unquoted(text: str) -> str:
    """Return a text without the quotes around it."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def parse_json(text: str, must_be_dict: bool = False) -> Any:
    """Return the value of a JSON text.

    :raises LiteralError: it is not JSON, or no object although ``must_be_dict``
    """
    try:
        data = json.loads(text)
    except ValueError as exc:
        raise LiteralError("not_json", value=shown(text), cause=str(exc)) from exc
    if must_be_dict and not isinstance(data, dict):
        raise LiteralError("not_properties", value=shown(text))
    return data


def _to_json(value: Any, rules: TypeRules) -> Any:
    if rules.ttype == "properties":
        if isinstance(value, str) and value:
            return parse_json(value, must_be_dict=True)
        if not value:
            return False
        if not isinstance(value, Mapping):
            raise LiteralError("not_properties", value=shown(value))
        return dict(value)
    try:
        json.dumps(value)
    except (TypeError, ValueError) as exc:
        raise LiteralError("not_json", value=shown(value), cause=str(exc)) from exc
    return value


def _to_boolean(value: Any) -> bool:
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE or not word:
        return False
    raise LiteralError("not_boolean", value=shown(value))


def _to_integer(value: Any) -> int:
    try:
        if isinstance(value, float) and not value.is_integer():
            raise ValueError
        return int(value)
    except (TypeError, ValueError, OverflowError) as exc:
        raise LiteralError("not_integer", value=shown(value)) from exc


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as exc:
        raise LiteralError("not_number", value=shown(value)) from exc


def _to_date(value: Any, rules: TypeRules) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if is_relative(text):
        return _relative(text, rules).date()
    try:
        return date.fromisoformat(text[:10] if text[10:11] in (" ", "T") else text)
    except ValueError as exc:
        raise LiteralError("not_date", value=shown(text)) from exc


def _to_datetime(value: Any, rules: TypeRules) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time.min)
    elif is_relative(str(value).strip()):
        moment = _relative(str(value).strip(), rules)
    else:
        moment = _iso_datetime(str(value).strip(), rules)
    if moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0)


def _iso_datetime(text: str, rules: TypeRules) -> datetime:
    try:
        if len(text) == 10:
            # A day alone is the midnight of the people who read it.
            return local_midnight(date.fromisoformat(text), rules.tz)
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as exc:
        raise LiteralError("not_datetime", value=shown(text)) from exc


def _relative(text: str, rules: TypeRules) -> datetime:
    if rules.now is None:
        raise LiteralError("no_clock", value=shown(text))
    try:
        return relative_moment(text, rules.now, rules.tz)
    except ValueError as exc:
        raise LiteralError("not_relative", value=shown(text)) from exc


def _to_selection(value: Any, rules: TypeRules) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if text in rules.selection:
        return text
    folded = text.strip().casefold()
    matches = [key for key, label in rules.selection.items() if label.casefold() == folded]
    if len(matches) == 1:
        return matches[0]
    raise LiteralError("not_selection", value=shown(text), keys=_listed(rules.selection))


def _listed(keys: Collection[str]) -> str:
    names: Sequence[str] = list(keys)
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        # Subclasses are kept: ``markupsafe.Markup`` tells that a text is HTML already.
        return value
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        try:
            return json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError):
            return str(value)
    return str(value)
