"""No header leaves its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtp_mail_action.core.errors import HeaderError
from smtp_mail_action.core.headers import check_header, check_headers, printable


@pytest.mark.parametrize(
    "value",
    ["a\nBcc: x@y", "a\r\nBcc: x@y", "a\r", "a\x0b", "a\x0c", "a\x85", "a\u2028b", "a\u2029b"],
    ids=repr,
)
def test_line_breaks_are_refused_and_named(value):
    with pytest.raises(HeaderError, match="The header Subject holds a line break at character 2"):
        check_header("Subject", value)


def test_other_control_characters_are_named_by_their_number():
    with pytest.raises(HeaderError, match=r"U\+0000 at character 1"):
        check_header("Subject", "\x00")


@pytest.mark.parametrize("name", ["", "Sub ject", "Subject:", "Sübject", "X\nY"], ids=repr)
def test_names_of_headers(name):
    with pytest.raises(HeaderError) as caught:
        check_header(name, "value")
    assert "\n" not in str(caught.value)


def test_the_value_is_not_repeated_in_the_error():
    with pytest.raises(HeaderError) as caught:
        check_headers({"X-Key": "top secret\n"})
    assert "secret" not in str(caught.value)
    assert caught.value.name == "X-Key"


@given(st.text())
def test_what_passes_is_one_line(value):
    try:
        check_header("Subject", value)
    except HeaderError:
        return
    assert len(value.splitlines()) <= 1


@given(st.text())
def test_what_is_shown_is_one_short_line(value):
    shown = printable(value)
    assert len(shown) <= 80
    assert len(shown.splitlines()) <= 1


def test_tabs_and_letters_of_all_kinds_may_stay():
    check_headers({"Subject": "Grüße\taus 東京 🙂", "X-Empty": ""})
