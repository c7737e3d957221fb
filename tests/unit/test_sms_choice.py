"""Which gateways may carry a message, and in which order."""

import pytest

from sms_action.core.choice import Offer, order, orders

DUTCH, BRITISH = "+31612345678", "+447400123456"


def test_without_an_assignment_nothing_is_taken_from_the_provider_in_use():
    assert order(DUTCH, [Offer(1), Offer(2)]) == []


@pytest.mark.parametrize(
    ("offers", "preferred", "own", "expected"),
    [
        pytest.param([Offer(1), Offer(2)], 2, 0, [2, 1], id="preferred"),
        pytest.param([Offer(1), Offer(2)], 0, 2, [2, 1], id="the company's"),
        pytest.param([Offer(1), Offer(2, names_company=True)], 0, 0, [2, 1], id="named"),
        pytest.param(
            [Offer(1), Offer(2, countries=frozenset({"NL"}))], 0, 1, [2, 1], id="country first"
        ),
        pytest.param(
            [Offer(1), Offer(2, countries=frozenset({"GB"}))], 0, 1, [1], id="other country"
        ),
        pytest.param(
            [Offer(1, prefixes=("+31",)), Offer(2, prefixes=("316", "+44"))],
            0,
            0,
            [2, 1],
            id="longest prefix",
        ),
        pytest.param(
            [Offer(1, countries=frozenset({"NL"})), Offer(2, prefixes=("0031",))],
            0,
            0,
            [2, 1],
            id="prefix before country",
        ),
        pytest.param([Offer(1), Offer(2, serves_company=False)], 2, 1, [1], id="other company's"),
        pytest.param([Offer(1), Offer(2, fallback=False)], 0, 1, [1], id="never takes over"),
        pytest.param([Offer(1, fallback=False), Offer(2)], 1, 0, [1, 2], id="unless it is chosen"),
    ],
)
def test_order(offers, preferred, own, expected):
    assert order(DUTCH, offers, preferred, own) == expected
    each = {one: tuple(order(one, offers, preferred, own)) for one in (DUTCH, BRITISH)}
    assert orders([DUTCH, BRITISH], offers, preferred, own) == each


def test_what_is_no_number_has_no_country():
    by_country = [Offer(1, countries=frozenset({"NL"})), Offer(2)]
    assert order("nonsense", by_country, own=2) == [2]
    assert order(BRITISH, by_country, own=2) == [2]
