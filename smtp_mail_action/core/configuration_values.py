"""The values of one configuration section, read with one sentence per fault."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from .errors import AccountError
from .headers import FORBIDDEN, printable

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class Values:
    """Reads values by kind; collects faults instead of stopping at the first."""

    def __init__(self, where: str, given: Mapping[str, str]) -> None:
        self.where = where
        self.given = given
        self._problems: list[str] = []

    def problem(self, key: str, sentence: str) -> None:
        """Note a fault once; ``sentence`` goes on after the key and quotes no secret."""
        end = "" if sentence.endswith("?") else "."
        text = f"{self.where}: {key} {sentence}{end}".replace("  ", " ")
        if text not in self._problems:
            self._problems.append(text)

    def raise_problems(self) -> None:
        """Stop here when there were faults.

        :raises AccountError: with all of them
        """
        if self._problems:
            raise AccountError(self._problems)

    def raw(self, key: str) -> str:
        """Return a value as it is; for passwords."""
        return self.given.get(key, "")

    def text(self, key: str, default: str = "") -> str:
        """Return a value of one line."""
        value = self.given.get(key, "").strip()
        if FORBIDDEN.search(value):
            self.problem(key, "holds a line break or another control character")
            return default
        return value or default

    def words(self, key: str) -> tuple[str, ...]:
        """Return the parts of a list divided by commas."""
        parts = (part.strip() for part in self.given.get(key, "").replace("\n", ",").split(","))
        return tuple(part for part in parts if part)

    def choice(self, key: str, default: str, allowed: Sequence[str]) -> str:
        """Return one of the allowed values."""
        value = self.text(key).lower()
        if not value:
            return default
        if value not in allowed:
            near = difflib.get_close_matches(value, allowed, 1)
            hint = f"do you mean {near[0]}?" if near else f"use one of {', '.join(allowed)}"
            self.problem(key, f"is “{printable(value)}”; {hint}")
            return default
        return value

    def boolean(self, key: str, default: bool) -> bool:
        """Return yes or no."""
        value = self.text(key).lower()
        if not value:
            return default
        if value not in _TRUE | _FALSE:
            self.problem(key, f"is “{printable(value)}”; use yes or no")
        return value in _TRUE

    def integer(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number within limits."""
        value = self.number(key, default, least, most)
        if value != int(value):
            self.problem(key, f"is “{printable(self.text(key))}”; use a whole number")
        return int(value)

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return a number within limits."""
        value = self.text(key)
        if not value:
            return default
        try:
            found = float(value)
        except ValueError:
            found = float("nan")
        if not least <= found <= most:
            self.problem(key, f"is “{printable(value)}”; use a number from {least:g} to {most:g}")
            return default
        return found
