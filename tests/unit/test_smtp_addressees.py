"""Who gets one e-mail of a record, and how texts divide the addressees."""

import pytest

from server_action_engine.core.recipients import Recipient
from smtp_mail_action.core.addressees import (
    Addressee,
    Envelope,
    Locale,
    addressees,
    divide,
    locales_of,
    without_repeats,
    written,
)
from smtp_mail_action.core.addresses import mailbox

GERMAN, ENGLISH = Locale("de_DE", "UTC"), Locale("en_US", "UTC")


def somebody(name, locale=ENGLISH):
    return Addressee(mailbox(f"{name}@example.com"), locale)


def shown(people):
    return [str(one) for one in people]


def test_several_addresses_in_one_text():
    found, refusals = addressees([Recipient("a@example.com; B <b@example.com>, nobody")])
    assert shown(found) == ["a@example.com", '"B" <b@example.com>']
    assert [refusal.shown for refusal in refusals] == ["nobody"]


@pytest.mark.parametrize("text", ["", "  ", ",;"])
def test_nothing_written_is_told_by_what_led_to_it(text):
    found, refusals = addressees([Recipient(text, "partner_id.email", "Ann")])
    assert found == []
    assert [refusal.why for refusal in refusals] == ["Ann: there is no address."]
    _found, refusals = addressees([Recipient(text, "partner_id.email")])
    assert refusals[0].shown == "partner_id.email"


def test_names_of_contacts_are_one_line_and_do_not_replace_written_ones():
    found, _refusals = addressees(
        [
            Recipient("a@example.com", "", "Ann\nBcc: c@example.com"),
            Recipient("B <b@example.com>", "", "Bea"),
        ]
    )
    assert shown(found) == ['"Ann Bcc: c@example.com" <a@example.com>', '"B" <b@example.com>']


def test_a_language_that_is_known_wins():
    found, _refusals = addressees(
        [Recipient("a@example.com"), Recipient("A@example.com", lang="de_DE")]
    )
    assert [one.locale for one in found] == [Locale("de_DE")]


def test_nobody_gets_the_same_mail_twice():
    envelope = without_repeats(
        Envelope(
            [somebody("a")],
            [somebody("A"), somebody("b")],
            [somebody("b"), somebody("c")],
            [somebody("a")],
        )
    )
    assert shown(envelope.everybody()) == ["a@example.com", "b@example.com", "c@example.com"]
    assert shown(envelope.reply_to) == ["a@example.com"]


def test_texts_divide_and_copies_go_with_the_first():
    people = [somebody("a", GERMAN), somebody("b"), somebody("c", GERMAN)]
    envelope = Envelope(people, [somebody("boss")], [somebody("archive")])
    parts = divide(envelope, lambda locale: locale.lang)
    assert [(part.text, shown(part.to)) for part in parts] == [
        ("de_DE", ["a@example.com", "c@example.com"]),
        ("en_US", ["b@example.com"]),
    ]
    assert [shown(part.cc + part.bcc) for part in parts] == [
        ["boss@example.com", "archive@example.com"],
        [],
    ]
    assert locales_of(envelope) == [GERMAN, ENGLISH]


def test_equal_texts_divide_nobody_unless_asked_to():
    envelope = Envelope([somebody("a", GERMAN), somebody("b"), somebody("c")])
    assert len(divide(envelope, lambda locale: "the same")) == 1
    assert [len(part.to) for part in divide(envelope, lambda locale: "x", each=True)] == [1, 1, 1]


def test_addresses_as_the_queue_holds_them():
    people = [
        Addressee(mailbox("ok@exämple.com", 'The "Best", Ltd')),
        Addressee(mailbox("b@example.com")),
    ]
    assert written(people) == '"The \\"Best\\", Ltd" <ok@xn--exmple-cua.com>, b@example.com'
