"""Fields of PDU bodies (section 3.1)."""

from __future__ import annotations

from ..errors import PduError


def c_octets(text: str, limit: int, name: str) -> bytes:
    """Return a C-octet string.

    :param limit: most octets, with the NUL at its end
    :raises PduError: for a text that is longer or no ASCII: half a password is no password
    """
    try:
        value = text.encode("ascii")
    except UnicodeEncodeError:
        raise PduError(f"{name} has characters that are not ASCII") from None
    if len(value) >= limit or b"\0" in value:
        raise PduError(f"{name} is longer than {limit - 1} characters")
    return value + b"\0"


class BodyReader:
    """Reads the fields of a body one after the other."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octet(self) -> int:
        """Return the next octet as a number."""
        return self.octets(1)[0]

    def octets(self, count: int) -> bytes:
        """Return the next octets.

        :raises PduError: when there are not so many
        """
        end = self._at + count
        if end > len(self._body):
            raise PduError("a PDU that ends inside a field")
        value = self._body[self._at : end]
        self._at = end
        return value

    def text(self, limit: int) -> str:
        """Return the next C-octet string.

        :param limit: most octets, with its NUL; some gateways have more
        :raises PduError: when no NUL ends it
        """
        end = self._body.find(b"\0", self._at, self._at + limit)
        if end < 0:
            raise PduError("a PDU with a text that does not end")
        value = self._body[self._at : end]
        self._at = end + 1
        return value.decode("latin-1")

    def rest(self) -> bytes:
        """Return what is left."""
        return self._body[self._at :]
