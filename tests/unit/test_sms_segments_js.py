"""The counter of the web client cuts texts as the Python core does: its module runs in Node."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from sms_action.core import segments

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from toolkit.node import Node  # noqa: E402 - scripts/ is no package
from toolkit.venv import LINT, Venv  # noqa: E402

STATIC = ROOT / "sms_action/static"
VECTORS = json.loads((STATIC / "tests/segment_vectors.json").read_text())["vectors"]
RUN = """
import {readFileSync} from "node:fs";
const [path, call] = process.argv.slice(1);
const source = "data:text/javascript," + encodeURIComponent(readFileSync(path, "utf8"));
const module = await import(source);
const answers = JSON.parse(readFileSync(0, "utf8")).map((args) => module[call](...args));
process.stdout.write(JSON.stringify(answers));
"""


@pytest.fixture(scope="module")
def in_node():
    """A function that calls one of the module's functions for a list of arguments."""
    venv = Venv("lint", LINT)
    venv.prepare()
    node = Node(venv)

    def call(function, arguments):
        answer = subprocess.run(
            [
                str(node.program),
                *("--input-type=module", "--eval", RUN, "--"),
                str(STATIC / "src/sms_counter/segments.esm.js"),
                function,
            ],
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return call


def python_says(text):
    found = segments.split(text)
    return {
        "encoding": found.encoding.name,
        "units": found.units,
        "parts": found.count,
        "left": found.left,
        "cuts": [found.encoding.cost(part) for part in found.parts],
    }


def test_known_texts(in_node):
    """The vectors of the Python core, which `test_sms_segments` reads too."""
    texts = ["".join(piece * times for piece, times in vector["pieces"]) for vector in VECTORS]
    expected = [
        {key: vector[key] for key in ("encoding", "units", "parts", "left", "cuts")}
        for vector in VECTORS
    ]
    assert in_node("segment", [[text] for text in texts]) == expected


def test_random_texts(in_node):
    """Texts of several alphabets, near the limits."""
    rng = random.Random(20261126)
    alphabets = ["abc \n", "".join(segments.gsm.EXTENSION), "жç’漢", "😀🎉", "ÄÖéΔ§"]
    texts = []
    for _index in range(3000):
        chosen = "".join(rng.sample(alphabets, rng.choice((1, 1, 2, 3))))
        texts.append("".join(rng.choices(chosen, k=rng.choice((1, 70, 135, 160, 310, 460)))))
    found = in_node("segment", [[text] for text in texts])
    assert found == [python_says(text) for text in texts]
    assert {("gsm7", 1), ("gsm7", 3), ("ucs2", 1), ("ucs2", 5)} <= {
        (one["encoding"], one["parts"]) for one in found
    }


def test_every_character_has_the_same_cost(in_node):
    """One character after the other: both alphabets are the same."""
    characters = [chr(code) for code in range(0x2100)]
    found = in_node("segment", [[character] for character in characters])
    assert found == [python_says(character) for character in characters]


def test_capacity(in_node):
    """What so many parts hold."""
    arguments = [["gsm7", 0], ["gsm7", 1], ["gsm7", 2], ["ucs2", 1], ["ucs2", 3]]
    assert in_node("capacity", arguments) == [160, 160, 306, 70, 201]
