"""Labels of fields and models in the middle of a sentence."""

from __future__ import annotations

import re

#: Languages that keep the capitals of nouns.
_KEEPS_CAPITALS = ("de", "lb")
#: English words that are written with a vowel and spoken with a consonant.
_SPOKEN_AS_CONSONANT = re.compile(r"(?:uni(?!n)|use|usa|usu|util|eu|one\b|once\b)", re.IGNORECASE)
_SPOKEN_AS_VOWEL_WORD = re.compile(r"(?:hour|hono|honest|heir)", re.IGNORECASE)
#: Letters whose English name begins with a vowel: an SMS, an HR department.
_SPOKEN_AS_VOWEL = frozenset("AEFHILMNORSX")


def spoken(label: str, lang: str) -> str:
    """Return a label as it is written within a sentence.

    Words with capitals inside, such as VAT or iPhone, are left alone.
    """
    if lang.startswith(_KEEPS_CAPITALS):
        return label
    return re.sub(
        r"[^\W\d_]+", lambda word: _lowered(word.group(), label, word.start()), label.strip()
    )


def _lowered(word: str, label: str, at: int) -> str:
    if len(word) == 1 and at and label[at - 1] in "'’":
        return word
    return word.lower() if word[1:] == word[1:].lower() else word


def with_article(noun: str, lang: str) -> str:
    """Return a noun with the English indefinite article; other languages need none here."""
    if not lang.startswith("en") or not noun:
        return noun
    word = noun.split()[0]
    if len(word) > 1 and word.isupper():
        vowel = word[0] in _SPOKEN_AS_VOWEL
    else:
        vowel = bool(_SPOKEN_AS_VOWEL_WORD.match(word)) or (
            word[0].lower() in "aeiou" and not _SPOKEN_AS_CONSONANT.match(word)
        )
    return f"{'an' if vowel else 'a'} {noun}"
