"""How people write the description of an HTTP gateway: texts and lines, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, TypeVar

from ..delivery import State
from ..errors import GatewayError
from ..outcome import Fate
from .description import FORM, JSON, SECRET, CallbackRules, HttpDescription, ReplyRules

Kind = TypeVar("Kind", bound=Enum)


@dataclass(frozen=True)
class Written:
    """A description as a form holds it. Lists and mappings are lines such as ``code = retry``."""

    url: str = ""
    method: str = "POST"
    format: str = FORM
    parameters: str = ""
    """Lines ``name = text``; for JSON, JSON."""
    headers: str = ""
    """Lines ``Name: text``."""
    basic_auth: bool = False
    test_url: str = ""
    reply_format: str = "json"
    reply_id: str = ""
    reply_code: str = ""
    reply_ok_codes: str = ""
    """Codes with commas."""
    reply_error_code: str = ""
    reply_error_text: str = ""
    reply_fates: str = ""
    reply_statuses: str = ""
    callback_check: str = SECRET
    callback_id: str = ""
    callback_reference: str = ""
    callback_state: str = ""
    callback_states: str = ""
    callback_error: str = ""


#: Names of everything that is written.
WRITTEN = tuple(one.name for one in fields(Written))


def read_lines(text: str, separator: str = "=") -> dict[str, str]:
    """Return ``{name: value}`` from lines such as ``name = value``.

    :raises GatewayError: for a line that is none
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, between, value = (part.strip() for part in line.partition(separator))
        if not name or not between:
            raise GatewayError(
                f"The line “{line.strip()}” cannot be read: write a name, “{separator}” and a "
                "value."
            )
        found[name] = value
    return found


def write_lines(values: Mapping[Any, Any], separator: str = " = ") -> str:
    """Return lines that :func:`read_lines` reads."""
    return "\n".join(
        f"{name}{separator}{value.value if isinstance(value, Enum) else value}"
        for name, value in values.items()
    )


def description_of(
    written: Written, name: str, label: str, options: Mapping[str, str]
) -> HttpDescription:
    """Return what is written in a form.

    :param options: names of settings that may stand as placeholders, with their meaning
    :raises GatewayError: saying which line cannot be read
    """
    return HttpDescription(
        name=name,
        label=label,
        url=written.url.strip(),
        method=written.method,
        format=written.format,
        parameters=_parameters(written),
        headers=read_lines(written.headers, ":"),
        basic_auth=written.basic_auth,
        options=dict(options),
        test_url=written.test_url.strip(),
        reply=ReplyRules(
            format=written.reply_format,
            provider_id=written.reply_id.strip(),
            code=written.reply_code.strip(),
            ok_codes=tuple(one.strip() for one in written.reply_ok_codes.split(",") if one.strip()),
            error_code=written.reply_error_code.strip(),
            error_text=written.reply_error_text.strip(),
            fates=_meanings(written.reply_fates, Fate),
            status_fates={
                _status(status): fate
                for status, fate in _meanings(written.reply_statuses, Fate).items()
            },
        ),
        callback=CallbackRules(
            check=written.callback_check,
            provider_id=written.callback_id.strip(),
            reference=written.callback_reference.strip(),
            state=written.callback_state.strip(),
            states={
                word.lower(): state
                for word, state in _meanings(written.callback_states, State).items()
            },
            error=written.callback_error.strip(),
        ),
    )


def written_of(description: HttpDescription) -> Written:
    """Return how a description is written in a form."""
    reply, callback = description.reply, description.callback
    is_json = description.format == JSON
    return Written(
        url=description.url,
        method=description.method,
        format=description.format,
        parameters=json.dumps(description.parameters, indent=2, ensure_ascii=False)
        if is_json
        else write_lines(description.parameters),
        headers=write_lines(description.headers, ": "),
        basic_auth=description.basic_auth,
        test_url=description.test_url,
        reply_format=reply.format,
        reply_id=reply.provider_id,
        reply_code=reply.code,
        reply_ok_codes=", ".join(reply.ok_codes),
        reply_error_code=reply.error_code,
        reply_error_text=reply.error_text,
        reply_fates=write_lines(reply.fates),
        reply_statuses=write_lines(reply.status_fates),
        callback_check=callback.check,
        callback_id=callback.provider_id,
        callback_reference=callback.reference,
        callback_state=callback.state,
        callback_states=write_lines(callback.states),
        callback_error=callback.error,
    )


def _parameters(written: Written) -> dict[str, Any]:
    if written.format != JSON:
        return dict(read_lines(written.parameters))
    try:
        found = json.loads(written.parameters or "{}")
    except (ValueError, RecursionError) as error:
        raise GatewayError(f"The parameters are not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise GatewayError("The parameters have to be an object of JSON, such as {}.")
    return found


def _meanings(text: str, kind: Callable[[str], Kind]) -> dict[str, Kind]:
    found = {}
    for name, word in read_lines(text).items():
        try:
            found[name] = kind(word.lower())
        except ValueError:
            known = ", ".join(one.value for one in kind)  # type: ignore[attr-defined]
            raise GatewayError(f"“{word}” has no meaning here. Use one of: {known}.") from None
    return found


def _status(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 3):
        raise GatewayError(f"“{text}” is no HTTP status: it has three digits.")
    return int(text)
