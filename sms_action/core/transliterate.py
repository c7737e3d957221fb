"""Replace characters that would make a message three times as long by ones of the GSM alphabet.

One typographic quote turns a message of 160 characters from one part into three. Nothing is
replaced unless the whole text then fits: a text that stays UCS-2 anyway keeps its characters.
"""

from __future__ import annotations

import unicodedata

from . import gsm
from .segments import split

_SAME: dict[str, str] = {
    "'": "‘’‚‛′`´ʼ＇",
    '"': "“”„‟″«»＂",
    "-": "‐‑‒–—―−",
    "...": "…",
    "*": "•·●",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u202f\u205f\u3000",
    "": "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0f",
    "\n": "\u2028\u2029\x85",
    "<": "‹",
    ">": "›",
    "/": "⁄÷",
    "x": "×",
    "+-": "±",
    "(c)": "©",
    "(r)": "®",
    "TM": "™",
    "o": "°º",
    "a": "ª",
    "L": "Ł",
    "l": "ł",
    "D": "ĐÐ",
    "d": "đð",
    "Th": "Þ",
    "th": "þ",
    "OE": "Œ",
    "oe": "œ",
    "i": "ı",
    "H": "Ħ",
    "h": "ħ",
    "ss": "ẞ",
}
# Capitals of Greek that look like Latin ones; the alphabet has the other capitals.
_SAME_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
_TABLE = {char: plain for plain, chars in _SAME.items() for char in chars} | _SAME_GREEK


def transliterate(text: str) -> str:
    """Return the text in characters of the GSM alphabet, or unchanged where that cannot be."""
    if gsm.fits(text):
        return text
    plain = "".join(map(_plain, unicodedata.normalize("NFC", text)))
    return plain if gsm.fits(plain) else text


def cheaper(text: str) -> str:
    """Return the text in plain characters where it then has fewer parts."""
    plain = transliterate(text)
    return plain if split(plain).count < split(text).count else text


def _plain(char: str) -> str:
    if gsm.fits(char):
        return char
    if char in _TABLE:
        return _TABLE[char]
    if "GREEK SMALL" in unicodedata.name(char, ""):
        return _without_accents(char.upper())
    return _without_accents(char)


def _without_accents(char: str) -> str:
    letters = [one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one)]
    return "".join(_TABLE.get(one, one) for one in letters)
