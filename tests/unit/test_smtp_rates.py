"""Limits by domain as people write them."""

import pytest

from smtp_mail_action.core.throttle import parse_rates


def test_each_line_names_a_domain_and_its_rate():
    text = "Gmail.com 20\n\n# the rest\nexämple.com: 5.5  # slow\n*=60"
    found = {domain: rate.count for domain, rate in parse_rates(text).items()}
    assert found == {"gmail.com": 20, "xn--exmple-cua.com": 5.5, "*": 60}
    assert {rate.per_seconds for rate in parse_rates(text).values()} == {60}


@pytest.mark.parametrize(
    "line",
    ["gmail.com", "gmail.com 0", "gmail.com -1", "gmail.com nan", "gmail.com 1e999", "a b c"],
)
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(ValueError, match=f"^{line}$"):
        parse_rates(f"example.com 3\n{line}")
