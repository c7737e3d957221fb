"""One account at an SMPP gateway."""

from __future__ import annotations

from dataclasses import dataclass

from ..concat import Joining
from ..errors import GatewayError
from ..segments import REFERENCE_8, REFERENCE_16
from .constants import BINDS


@dataclass(frozen=True)
class SmppAccount:
    """How to reach a gateway, and how it wants its messages."""

    host: str
    """Name or address of the gateway."""
    port: int = 2775
    """TCP port."""
    system_id: str = ""
    """The account's name, at most 15 characters."""
    system_type: str = ""
    """What a few gateways ask for beside it, at most 12 characters."""
    bind: str = "transceiver"
    """``transceiver``, ``transmitter`` (sends only) or ``receiver`` (gets reports only)."""
    tls: bool = False
    """Whether the connection is encrypted."""
    tls_ca: str = ""
    """Certificates (PEM text) to trust; empty: the machine's."""
    tls_check: bool = True
    """Whether the certificate must be valid and for this host."""
    window: int = 10
    """Submissions that may wait for their answers at a time."""
    per_second: float = 0.0
    """Parts per second; 0 means no limit."""
    connect_seconds: float = 10.0
    """Longest wait for a connection and for the answer to the bind."""
    answer_seconds: float = 60.0
    """Longest wait for an answer; a submission without one is in doubt."""
    enquire_seconds: float = 30.0
    """Silence after which ``enquire_link`` asks whether the gateway is alive."""
    joining: Joining = Joining.HEADER
    """How parts are joined."""
    reference_bits: int = REFERENCE_8
    """Bits of the reference in a header: 8, or 16 for fewer collisions and shorter parts."""
    gsm_coding: int = 0
    """``data_coding`` of what is not UCS-2: 0 is the gateway's own alphabet; some want 1 or 241,
    and 3 says ISO 8859-1."""
    gsm_as_latin1: bool = False
    """Whether the gateway's own alphabet is ISO 8859-1 instead of GSM 03.38. Parts then have 140
    characters, and a text with others is sent as UCS-2."""
    source_ton: int | None = None
    """Type of number of every sender, None: by what the sender is (section 5.2.5)."""
    source_npi: int | None = None
    """Numbering plan of every sender, None: by what the sender is (section 5.2.6)."""
    destination_ton: int | None = None
    """The same of every recipient."""
    destination_npi: int | None = None
    """The same of every recipient."""
    receipts: bool = True
    """Whether to ask for delivery reports."""
    service_type: str = ""
    """``service_type``, at most 5 characters."""
    password: str = ""
    """At most 8 characters by the specification; most gateways take more."""

    def __post_init__(self) -> None:
        codes = (
            *(self.gsm_coding, self.source_ton, self.source_npi),
            *(self.destination_ton, self.destination_npi),
        )
        problems = {
            "a host": bool(self.host),
            "a port between 1 and 65535": 1 <= self.port <= 65535,
            f"one of the binds {', '.join(sorted(BINDS))}": self.bind in BINDS,
            "a window of 1 or more": self.window >= 1,
            "a rate of 0 or more": self.per_second >= 0,
            "a reference of 8 or 16 bits": self.reference_bits in (REFERENCE_8, REFERENCE_16),
            "codes from 0 to 255": all(code is None or 0 <= code <= 255 for code in codes),
            "times above 0": min(self.connect_seconds, self.answer_seconds, self.enquire_seconds)
            > 0,
        }
        for wanted, found in problems.items():
            if not found:
                raise GatewayError(f"The SMPP account {self.system_id}@{self.host} needs {wanted}.")

    def __repr__(self) -> str:
        scheme = "smpp+tls" if self.tls else "smpp"
        return f"<{scheme} {self.system_id}@{self.host}:{self.port} {self.bind}>"
