"""Every text of an addon that ships a template of texts is translated, and safely so."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(ROOT.glob("*/i18n/*.pot"))
LANGUAGE = "de"

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdr%]|\[\[.*?\]\]|\{\{.*?\}\}")
TAG = re.compile(r"</?[a-z]+\b(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>")
#: Attributes a user reads: they are translated with the text around them.
READ_ATTRIBUTE = re.compile(r"\b(title|alt|placeholder|aria-label)=\"[^\"]*\"")


def placeholders(text):
    """Return how often each placeholder stands in a text, in any order."""
    return Counter(PLACEHOLDER.findall(text))


def tags(text):
    """Return the tags of a text in their order, without the words of their attributes."""
    return [READ_ATTRIBUTE.sub(r"\1", tag) for tag in TAG.findall(text)]


def margins(text):
    """Return the blanks before and after a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@pytest.fixture(params=TEMPLATES, ids=lambda path: path.stem)
def template(request):
    """The path of an addon's template of texts."""
    return request.param


@pytest.fixture
def translation(template):
    """The parsed translation next to the template."""
    return polib.pofile(str(template.with_name(f"{LANGUAGE}.po")))


def test_there_are_templates_to_check():
    """The pattern finds the addons' templates; without any, nothing below would run."""
    assert TEMPLATES


def test_every_text_is_translated(template, translation):
    """No text of the template is missing or empty in the translation."""
    done = {entry.msgid for entry in translation if entry.msgstr}
    assert [entry.msgid for entry in polib.pofile(str(template)) if entry.msgid not in done] == []


def test_no_translation_is_left_over(template, translation):
    """The translation holds no obsolete, uncertain, repeated or unknown text."""
    known = {entry.msgid for entry in polib.pofile(str(template))}
    assert translation.obsolete_entries() == []
    assert translation.fuzzy_entries() == []
    times = Counter(entry.msgid for entry in translation)
    assert [text for text, count in times.items() if count > 1 or text not in known] == []


@pytest.mark.parametrize("aspect", [placeholders, tags, margins])
def test_translations_keep_what_is_no_text(translation, aspect):
    """Placeholders, tags and outer blanks are the same in both languages."""
    assert [
        (entry.msgid, entry.msgstr)
        for entry in translation
        if aspect(entry.msgid) != aspect(entry.msgstr)
    ] == []


@pytest.mark.parametrize(
    ("aspect", "text", "spoiled"),
    [
        (placeholders, "%(name)s of %(model)s", "%(name)s von %(modell)s"),
        (placeholders, "%s min", "% s Min."),
        (placeholders, "Order [[ object.name ]]", "Auftrag [[ object.nam ]]"),
        (tags, "a <b>bold</b> word", "ein <b>fettes<b> Wort"),
        (tags, "<span invisible=\"a > 'b'\">x</span>", "<span invisible=\"a > 'c'\">x</span>"),
        (margins, "left out ", "ausgelassen"),
    ],
)
def test_a_spoiled_translation_is_noticed(aspect, text, spoiled):
    """The comparisons tell a damaged translation from its source."""
    assert aspect(text) != aspect(spoiled)


def test_words_in_tags_may_be_translated():
    """A tooltip is text: translating it is no damage."""
    assert tags('<i title="Note"/>') == tags('<i title="Hinweis"/>')
