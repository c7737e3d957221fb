"""Which gateways may carry a message to a number, and in which order they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .numbers import country_of


@dataclass(frozen=True)
class Offer:
    """What a gateway is set up for."""

    id: int
    """Its id."""
    serves_company: bool = True
    """Whether it may carry messages of the company."""
    names_company: bool = False
    """Whether it is set up for the company by name."""
    countries: frozenset[str] = field(default_factory=frozenset)
    """ISO codes of the countries it is for; empty: all."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of numbers it is for; empty: all."""
    fallback: bool = True
    """Whether it may take over for another gateway."""

    def serves(self, number: str, country: str) -> bool:
        """Tell whether it may carry a message to a number."""
        fits_prefix = not self.prefixes or self.prefix_length(number) > 0
        fits_country = not self.countries or country in self.countries
        return self.serves_company and fits_prefix and fits_country

    def prefix_length(self, number: str) -> int:
        """Return the length of the longest prefix that fits, 0 for none."""
        digits = number.removeprefix("+")
        plain = (one.removeprefix("+").removeprefix("00") for one in self.prefixes)
        return max((len(one) for one in plain if digits.startswith(one)), default=0)


def orders(
    numbers: Iterable[str], offers: Sequence[Offer], preferred: int = 0, own: int = 0
) -> dict[str, tuple[int, ...]]:
    """Return :func:`order` for each of many numbers: found once where they make no difference."""
    if any(one.countries or one.prefixes for one in offers):
        return {one: tuple(order(one, offers, preferred, own)) for one in numbers}
    return dict.fromkeys(numbers, tuple(order("", offers, preferred, own)))


def order(number: str, offers: Sequence[Offer], preferred: int = 0, own: int = 0) -> list[int]:
    """Return the ids of the gateways for a number, the first to try first.

    Those it is assigned to come first: the preferred one, then by prefix, by country, the
    company's, those that name the company. Others that may carry it follow as fallback. Without
    an assignment there is none at all: a gateway set up for nothing in particular takes no
    messages away from the provider that is in use.

    :param offers: in the order in which they take over for each other
    :param preferred: id of the gateway a message or its action names
    :param own: id of the gateway of the company
    """
    # To read a number takes longer than all the rest, and few are set up by country.
    country = country_of(number) if any(offer.countries for offer in offers) else ""
    able = [offer for offer in offers if offer.serves(number, country)]

    def assigned(offer: Offer) -> tuple[int, int] | None:
        if offer.id == preferred:
            return (0, 0)
        if offer.prefixes:
            return (1, -offer.prefix_length(number))
        if offer.countries:
            return (2, 0)
        if offer.id == own:
            return (3, 0)
        return (4, 0) if offer.names_company else None

    ranked = [(rank, offer) for offer in able if (rank := assigned(offer)) is not None]
    first = [offer.id for _rank, offer in sorted(ranked, key=lambda pair: pair[0])]
    if not first:
        return []
    return first + [offer.id for offer in able if offer.id not in first and offer.fallback]
