"""How people write the description of an HTTP gateway."""

import pytest

from sms_action.core.errors import GatewayError
from sms_action.core.http.place import at_server
from sms_action.core.http.presets import presets
from sms_action.core.http.written import Written, description_of, read_lines, written_of


@pytest.mark.parametrize("name", sorted(presets()))
def test_each_preset_can_be_written_and_read_back(name):
    preset = presets()[name]
    assert description_of(written_of(preset), name, preset.label, preset.options) == preset


def test_lines():
    assert read_lines("a = b = c\n\n  d=\n") == {"a": "b = c", "d": ""}
    assert read_lines("Authorization: Basic a:b", ":") == {"Authorization": "Basic a:b"}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"parameters": "to"}, "The line “to” cannot be read"),
        ({"format": "json", "parameters": "{"}, "are not JSON"),
        ({"format": "json", "parameters": "[1]"}, "have to be an object"),
        ({"reply_fates": "7 = maybe"}, "“maybe” has no meaning here"),
        ({"reply_statuses": "4xx = retry"}, "“4xx” is no HTTP status"),
        ({"callback_states": "DELIVRD = arrived"}, "Use one of: queued"),
        ({"headers": "Bearer"}, "write a name, “:”"),
    ],
)
def test_what_cannot_be_read(values, problem):
    with pytest.raises(GatewayError, match=problem):
        description_of(Written(**values), "http", "Test", {})


def test_another_server():
    preset = presets()["twilio"]
    moved = at_server(preset, "http://localhost:8080/ignored")
    assert moved.url == "http://localhost:8080/2010-04-01/Accounts/{account}/Messages.json"
    assert moved.test_url == "http://localhost:8080/2010-04-01/Accounts/{account}.json"
    assert at_server(preset, "") is preset
    kannel = presets()["kannel"]
    assert at_server(kannel, "http://localhost") is kannel, "it has an option for that"
    for wrong in ("localhost", "ftp://x", "http://[", "https://"):
        with pytest.raises(GatewayError, match="is no server"):
            at_server(preset, wrong)
