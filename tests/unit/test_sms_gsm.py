"""The GSM alphabet, and text brought into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core import gsm
from sms_action.core.transliterate import transliterate

ALPHABET = "".join(char for char in gsm.BASIC if char != "\x1b") + "".join(gsm.EXTENSION)


@given(st.text(alphabet=ALPHABET))
def test_text_of_the_alphabet_comes_back(text):
    octets = gsm.encode(text)
    assert gsm.decode(octets) == text
    assert len(octets) == gsm.septets(text)
    assert gsm.fits(text) and max(octets, default=0) < 128


@given(st.binary())
def test_any_octets_decode_to_something(octets):
    assert len(gsm.decode(octets)) <= len(octets)


def test_codes_are_those_of_the_standard():
    assert gsm.encode("@£_§àA€[") == bytes([0, 1, 0x11, 0x5F, 0x7F, 0x41, 0x1B, 0x65, 0x1B, 0x3C])


@pytest.mark.parametrize("char", ["`", "ç", "\t", "\x1b", "ж", "😀", "\u00a0"])
def test_other_characters_are_refused_by_name(char):
    assert not gsm.fits(char)
    with pytest.raises(UnicodeEncodeError) as caught:
        gsm.encode(f"ab{char}")
    assert caught.value.start == 2


@pytest.mark.parametrize(
    ("octets", "text"),
    [(b"\x1b", ""), (b"\x1b\x1b", " "), (b"\x1bA", "A"), (b"\x1b\x65", "€"), (b"\xff", "\ufffd")],
    ids=["escape at the end", "escape twice", "no such extension", "euro", "eight bits"],
)
def test_odd_octets_are_read_as_a_phone_reads_them(octets, text):
    assert gsm.decode(octets) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “here” – now…", 'It\'s "here" - now...'),
        ("Łódź, Dvořák, Şişli", "Lodz, Dvorak, Sisli"),
        ("garçon", "garcon"),
        ("Καλημέρα", "KAΛHMEPA"),
        ("e\u0301te\u0301", "été"),
        ("a\u00a0b\u200bc\td", "a bc d"),
        ("25 °C ½ ﬁne", "25 oC 1/2 fine"),
        ("naïve Œuvre", "naive OEuvre"),
    ],
)
def test_close_characters_take_the_place(text, plain):
    assert transliterate(text) == plain


@pytest.mark.parametrize("text", ["“Привет”", "“日本”", "naïve 😀", "’\ud800"])
def test_a_text_that_stays_unicode_stays_as_it_is(text):
    assert transliterate(text) == text


@given(st.text())
def test_transliterated_text_fits_or_is_unchanged(text):
    plain = transliterate(text)
    assert plain == text or gsm.fits(plain)
    assert transliterate(plain) == plain
