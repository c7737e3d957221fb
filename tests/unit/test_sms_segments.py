"""How texts are cut: known cases, an independent counter, and what must always hold.

The independent counter is `smsutil`, a library that shares no code with ours. 20,000 random texts
are compared with it, or as many as SMS_ORACLE_TEXTS says (100,000 take about 20 seconds).
"""

import json
import os
import random
from pathlib import Path

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from sms_action.core import gsm
from sms_action.core.errors import TextError
from sms_action.core.segments import (
    GSM7,
    LATIN1,
    REFERENCE_16,
    UCS2,
    check,
    choose,
    split,
)

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "sms_action/static/tests/segment_vectors.json").read_text())["vectors"]
TEXTS = int(os.environ.get("SMS_ORACLE_TEXTS", "20000"))
ALPHABETS = (
    "abcdefghij klmnop",
    gsm.BASIC.replace("\x1b", ""),
    "".join(gsm.EXTENSION),
    "жщю漢字`ç’",
    "😀🎉𝄞\U0010ffff",
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_known_texts(vector):
    text = "".join(piece * times for piece, times in vector["pieces"])
    found = split(text)
    assert found.encoding.name == vector["encoding"]
    assert (found.units, found.count, found.left) == tuple(
        vector[key] for key in ("units", "parts", "left")
    )
    assert [found.encoding.cost(part) for part in found.parts] == vector["cuts"]


def random_text(rng):
    """Return a text near the limits, of one to three alphabets, in runs."""
    alphabets = rng.sample(ALPHABETS, rng.choice((1, 1, 2, 3)))
    target, text = rng.choice((5, 70, 135, 160, 310, 460, 620)) + rng.randint(-4, 4), ""
    while len(text) < target:
        text += "".join(rng.choices(rng.choice(alphabets), k=rng.randint(1, 70)))
    return text[: max(target, 0)]


def test_an_independent_counter_agrees():
    """Encoding, number of parts and the text of each part, on random texts."""
    rng = random.Random(20261126)
    counts = set()
    for _index in range(TEXTS):
        text = random_text(rng)
        ours, theirs = split(text), smsutil.split(text)
        assert [part.content for part in theirs.parts] == list(ours.parts), repr(text)
        assert (theirs.encoding == "gsm0338") == (ours.encoding is GSM7 and bool(text)), repr(text)
        counts.add((ours.encoding.name, ours.count))
    assert {("gsm7", 1), ("gsm7", 4), ("ucs2", 1), ("ucs2", 5)} <= counts


@given(st.text(max_size=700), st.sampled_from([8, REFERENCE_16]))
def test_parts_are_whole_and_full(text, bits):
    """Together the text; none too long; no part could have taken the next character."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        with pytest.raises(TextError):
            split(text, reference_bits=bits)
        return
    found = split(text, reference_bits=bits)
    encoding, room = found.encoding, found.encoding.room(bits)
    assert "".join(found.parts) == text
    assert sum(map(encoding.cost, found.parts)) == found.units
    if found.count > 1:
        for part, following in zip(found.parts, found.parts[1:], strict=False):
            assert room - encoding.cost(following[0]) < encoding.cost(part) <= room
        assert found.units > encoding.single
    assert b"".join(map(encoding.encode, found.parts)) == encoding.encode(text)


def test_a_longer_reference_leaves_less_room():
    assert split("a" * 305, reference_bits=REFERENCE_16).count == 3
    assert split("a" * 304, reference_bits=REFERENCE_16).count == 2
    assert split("ж" * 133, reference_bits=REFERENCE_16).count == 3


def test_encodings_can_be_chosen():
    assert choose("ç", (LATIN1, UCS2)) is LATIN1
    assert choose("€", (LATIN1, UCS2)) is UCS2
    assert split("a" * 141, LATIN1).count == 2
    with pytest.raises(TextError, match="gsm7"):
        split("ж", GSM7)


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("a" * (255 * 153 + 1), "too_long")], ids=["empty", "long"]
)
def test_what_cannot_be_sent(text, reason):
    with pytest.raises(TextError) as caught:
        check(split(text))
    assert caught.value.reason == reason


def test_the_longest_text_can_be_sent():
    assert check(split("a" * (255 * 153))).count == 255
