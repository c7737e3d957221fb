"""Numbers, short codes and names of senders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core.errors import NumberError
from sms_action.core.numbers import (
    EITHER,
    FIXED,
    MOBILE,
    NAME,
    PREMIUM,
    SHORT,
    check_line,
    country_of,
    parse_number,
    parse_sender,
)


@pytest.mark.parametrize(
    ("raw", "country", "value", "line", "of"),
    [
        ("06 12345678", "NL", "+31612345678", MOBILE, "NL"),
        ("+31 (0)6 1234 5678", None, "+31612345678", MOBILE, "NL"),
        ("0031612345678", None, "+31612345678", MOBILE, "NL"),
        ("0031612345678", "BE", "+31612345678", MOBILE, "NL"),
        ("\u0660\u0666 12345678", "NL", "+31612345678", MOBILE, "NL"),
        ("020 794 0800", "NL", "+31207940800", FIXED, "NL"),
        ("(650) 253-0000", "US", "+16502530000", EITHER, "US"),
        ("0900 1234", "NL", "+319001234", PREMIUM, "NL"),
        ("+883 5100 12345678", None, "+883510012345678", "other", "001"),
    ],
)
def test_numbers_become_e164(raw, country, value, line, of):
    address = parse_number(raw, country)
    assert (address.value, address.line, country_of(address.value)) == (value, line, of)
    assert (address.ton, address.npi, address.digits) == (1, 1, value[1:])


@pytest.mark.parametrize(
    ("raw", "country", "reason"),
    [
        (None, "NL", "missing"),
        ("  ", "NL", "missing"),
        ("call me", "NL", "unreadable"),
        ("0612345678", None, "no_country"),
        ("+1 555 0100", None, "invalid"),
        ("+31 6 1234", "NL", "invalid"),
        ("06 1234567890123456", "NL", "invalid"),
        ("+31612345678 ext. 12", "NL", "invalid"),
        ("+", "NL", "unreadable"),
        ("0612345", "NL", "invalid"),
        ("061234", None, "no_country"),
        ("06 12345678", "ZZ", "no_country"),
    ],
)
def test_what_is_wrong_with_a_number_is_said(raw, country, reason):
    with pytest.raises(NumberError) as caught:
        parse_number(raw, country)
    assert caught.value.reason == reason


@pytest.mark.parametrize("raw", ["112", "3434", "123456"])
def test_short_codes(raw):
    address = parse_number(raw, "NL")
    assert (address.value, address.kind, address.ton, address.npi) == (raw, SHORT, 3, 0)


def test_digits_of_other_scripts_are_no_short_code():
    """No gateway would take them."""
    with pytest.raises(NumberError):
        parse_number("1٢٣", "NL")


@pytest.mark.parametrize("name", ["Odoo", "A", "My Shop-24", "12345678 ab"])
def test_names_of_senders(name):
    address = parse_sender(name)
    assert (address.value, address.kind, address.ton, address.npi) == (name, NAME, 5, 0)


@pytest.mark.parametrize("name", ["", "Twelve chars", "Café", "a\r\nb", "<b>"])
def test_names_no_network_takes(name):
    with pytest.raises(NumberError, match="11 letters"):
        parse_sender(name)


def test_a_sender_may_be_a_number():
    assert parse_sender("+31612345678").value == "+31612345678"
    assert parse_sender("0612345678", "NL").value == "+31612345678"
    assert parse_sender("3434").kind == SHORT


def test_landlines_and_premium_numbers_are_refused_by_default():
    with pytest.raises(NumberError, match="landline"):
        check_line(parse_number("+31207940800"))
    with pytest.raises(NumberError, match="premium"):
        check_line(parse_number("+319001234"))
    assert check_line(parse_number("+31207940800"), frozenset()).line == FIXED
    assert check_line(parse_number("+16502530000")).line == EITHER
    assert check_line(parse_number("112", "NL")).kind == SHORT


@given(st.text(max_size=40), st.sampled_from([None, "NL", "US", "FR"]))
def test_any_text_is_an_address_or_a_clear_error(raw, country):
    try:
        address = parse_number(raw, country)
    except NumberError as error:
        assert error.reason in {"missing", "unreadable", "no_country", "invalid"}
    else:
        assert address.digits.isdigit() and address.digits.isascii()
