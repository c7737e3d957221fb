"""What of a run may be kept."""

import pytest

from server_action_engine.core import redact
from server_action_engine.core.redact import HIDDEN, FieldFacts


def facts(name, kind="char", restricted=False):
    return FieldFacts(name, kind, restricted)


@pytest.mark.parametrize(
    "field",
    [
        facts("name"),
        facts("email"),
        facts("amount_total", "monetary"),
        facts("partner_id", "many2one"),
        facts("keyboard"),
        facts("shipping_city"),
        facts("pinned", "boolean"),
    ],
    ids=lambda field: field.name,
)
def test_ordinary_fields_are_kept(field):
    assert redact.may_keep(field)


@pytest.mark.parametrize(
    "field",
    [
        facts("name", restricted=True),
        facts("image_1920", "binary"),
        facts("image_128", "image"),
        facts("password"),
        facts("new_passwd"),
        facts("smtp_pass_phrase_passphrase"),
        facts("client_secret"),
        facts("access_token"),
        facts("openai_api_key"),
        facts("apikey"),
        facts("ssl_private_key"),
        facts("aws_access_key"),
        facts("totp"),
        facts("user_pin"),
        facts("pin"),
        facts("card_cvv"),
        facts("session_cookie"),
    ],
    ids=lambda field: field.name,
)
def test_secret_fields_are_not_kept(field):
    assert not redact.may_keep(field)


def test_values_of_secret_fields_are_hidden_on_both_sides():
    known = {"name": facts("name"), "note": facts("note", restricted=True)}
    kept = redact.keep_values(
        {
            "name": {"before": "a", "after": "b"},
            "note": {"before": "hush", "after": "quiet"},
            "x_api_key": "abcdef",
            "unknown": "plain",
        },
        known.get,
    )
    assert kept == {
        "name": {"before": "a", "after": "b"},
        "note": HIDDEN,
        "x_api_key": HIDDEN,
        "unknown": "plain",
    }


def test_no_values_are_stored_as_nothing():
    assert redact.keep_values({}, lambda name: None) is None


def test_a_missing_side_stays_missing():
    kept = redact.keep_values({"name": {"before": None, "after": "b"}}, facts)
    assert kept == {"name": {"before": None, "after": "b"}}


def test_bytes_are_never_kept():
    assert redact.keep_values({"name": b"abc"}, facts) == {"name": HIDDEN}


def test_long_values_are_cut_and_marked():
    kept = redact.keep_values({"name": "x" * 5000}, facts)
    assert len(kept["name"]) == redact.MAX_VALUE
    assert kept["name"].endswith("…")


def test_only_so_many_fields_are_kept_and_the_rest_is_counted():
    many = {f"field_{number}": "x" for number in range(redact.MAX_FIELDS + 5)}
    kept = redact.keep_values(many, facts)
    assert len(kept) == redact.MAX_FIELDS + 1
    assert kept["…"] == "5"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all is well", "all is well"),
        ("password=abc123 rest", f"password={HIDDEN} rest"),
        ("Password: 'two words' rest", f"Password: {HIDDEN} rest"),
        ('{"access_token": "abc", "b": 1}', f'{{"access_token": {HIDDEN}, "b": 1}}'),
        ("my-api-key=abc&x=1", f"my-api-key={HIDDEN}&x=1"),
        ("https://joe:pa55@host/x", f"https://{HIDDEN}@host/x"),
        ("https://host/x?token=abc&y=1", f"https://host/x?token={HIDDEN}&y=1"),
        ("Authorization: Bearer abcdefgh.ijk=", f"Authorization: {HIDDEN}"),
        ("sent Bearer abcdefgh.ijk=", f"sent Bearer {HIDDEN}"),
        (
            'null value in column "x"\nDETAIL:  Failing row contains (1, (a), s3cret).\n',
            f'null value in column "x"\nDETAIL:  Failing row contains ({HIDDEN}).\n',
        ),
        ("Key (login)=(joe) already exists.", "Key (login)=(joe) already exists."),
        ("Key (api_key)=(abc) already exists.", f"Key (api_key)=({HIDDEN}) already exists."),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", HIDDEN),
        ("-----BEGIN PRIVATE KEY-----\nabc", HIDDEN),
        ("nul\x00byte", "nulbyte"),
    ],
)
def test_free_text_is_scrubbed(text, expected):
    assert redact.scrub(text) == expected


def test_scrubbing_keeps_the_errors_after_a_failing_row():
    text = (
        "DETAIL:  Failing row contains (1, s3cret).\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "UserError: no (really)"
    )
    kept = redact.scrub(text)
    assert "s3cret" not in kept
    assert kept.endswith("UserError: no (really)")


def test_a_secret_at_the_cut_is_not_halved_into_the_open():
    text = "x" * (redact.MAX_TEXT - 12) + " password=abcdefghijkl"
    assert "abc" not in redact.keep_text(text)


@pytest.mark.parametrize("nothing", ["", None, False])
def test_empty_text_is_stored_as_nothing(nothing):
    assert redact.keep_text(nothing) is None
    assert redact.keep_traceback(nothing) is None


def test_zero_is_text():
    assert redact.keep_text(0) == "0"


def test_the_end_of_a_long_traceback_is_kept():
    kept = redact.keep_traceback("start" + "x" * redact.MAX_TRACEBACK + "the error")
    assert kept.startswith("…")
    assert kept.endswith("the error")
    assert len(kept) == redact.MAX_TRACEBACK
