"""Who gets the text message of a record, and who does not and why."""

import pytest

from server_action_engine.core.recipients import Locale, Recipient
from sms_action.core.addressees import Refusal, addressees, printable

MOBILE, OTHER_MOBILE, LANDLINE, PREMIUM = (
    "0470 12 34 56",
    "+32471123456",
    "02 512 34 56",
    "090012345",
)


def found(*texts, country="BE"):
    """Return the numbers and the refusals of what was found for a record."""
    recipients = [Recipient(text, "phone") for text in texts]
    people, refusals = addressees(recipients, lambda one: country)
    return [one.number for one in people], refusals


@pytest.mark.parametrize(
    ("text", "numbers", "refusals"),
    [
        (MOBILE, ["+32470123456"], []),
        (f"{MOBILE}, {OTHER_MOBILE};{MOBILE}", ["+32470123456", "+32471123456"], []),
        ("8585", ["8585"], []),
        ("", [], [Refusal("phone", "missing")]),
        ("  ", [], [Refusal("phone", "missing")]),
        (LANDLINE, ["+3225123456"], []),
        (PREMIUM, [], [Refusal(PREMIUM, "premium")]),
        ("+32 470", [], [Refusal("+32 470", "invalid")]),
        ("call me", [], [Refusal("call me", "unreadable")]),
        (f"{MOBILE}\n{PREMIUM}", ["+32470123456"], [Refusal(PREMIUM, "premium")]),
    ],
)
def test_each_number_has_one_outcome(text, numbers, refusals):
    assert found(text) == (numbers, refusals)


def test_a_national_number_needs_a_country():
    assert found(MOBILE, country="") == ([], [Refusal(MOBILE, "no_country")])
    assert found("0032470123456", country="") == (["+32470123456"], [])


def test_the_country_is_the_recipients_own():
    dutch, belgian = Recipient("0612345678", res_id=1), Recipient("0470123456", res_id=2)
    countries = {1: "NL", 2: "BE"}
    people, refusals = addressees([dutch, belgian], lambda one: countries[one.res_id])
    assert [one.number for one in people] == ["+31612345678", "+32470123456"]
    assert not refusals


def test_a_known_person_counts_more_than_a_written_number():
    """The number is written once, in the language of whoever it belongs to."""
    person = Recipient(MOBILE, "phone", "Ann  Lee\n", "res.partner", 7, "nl_BE", "Europe/Brussels")
    for order in (
        [Recipient(OTHER_MOBILE), Recipient(MOBILE), person],
        [person, Recipient(MOBILE)],
    ):
        people, _refusals = addressees(order, lambda one: "BE")
        ann = next(one for one in people if one.number == "+32470123456")
        assert (ann.name, ann.model, ann.res_id) == ("Ann Lee", "res.partner", 7)
        assert ann.locale == Locale("nl_BE", "Europe/Brussels")


def test_the_same_refusal_is_said_once():
    assert found(PREMIUM, PREMIUM) == ([], [Refusal(PREMIUM, "premium")])


def test_what_is_shown_is_one_short_line():
    assert printable("a\n b" + "c" * 100) == "a b" + "c" * 56 + "…"


def test_locales_are_completed_from_the_first_that_knows():
    assert Locale("", "UTC").completed(Locale("", "x"), Locale("fr", "")) == Locale("fr", "UTC")
