"""How people write the settings of an HTTP gateway: one a line."""

from __future__ import annotations

from ..errors import GatewayError


def read_options(text: str, separator: str = "=") -> dict[str, str]:
    """Return ``{name: value}`` from lines such as ``name = value``.

    :raises GatewayError: for a line that is none
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, between, value = (part.strip() for part in line.partition(separator))
        if not name or not between:
            raise GatewayError(
                f"The line “{line.strip()}” cannot be read: write a name, “{separator}” and a "
                "value."
            )
        found[name] = value
    return found
