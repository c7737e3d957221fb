"""From a message to the parts that are submitted."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from ..concat import bodies
from ..message import Message
from ..segments import GSM7, LATIN1, UCS2, Segments, choose, split
from .account import SmppAccount
from .bodies import SubmitSm, relative_time
from .constants import CODING_UCS2


@dataclass(frozen=True)
class Submission:
    """One part on its way."""

    key: Hashable
    """The caller's name for it; comes back with the outcome."""
    part: SubmitSm
    """What is sent."""


def segments_for(text: str, account: SmppAccount) -> Segments:
    """Cut a text as this account sends it."""
    first = LATIN1 if account.gsm_as_latin1 else GSM7
    return split(text, choose(text, (first, UCS2)), account.reference_bits)


def submissions(message: Message, account: SmppAccount, reference: int) -> tuple[Submission, ...]:
    """Return the parts of a message; the key of each is ``(message.key, number)``, from 1.

    :param reference: joins the parts: choose one the number has not seen lately
    :raises TextError: for a text that is empty or too long
    """
    segments = segments_for(message.text, account)
    codings = {
        GSM7.name: account.gsm_coding,
        LATIN1.name: account.gsm_coding,
        UCS2.name: CODING_UCS2,
    }
    sender, to = message.sender, message.to
    source = (sender.digits, sender.ton, sender.npi) if sender else ("", 0, 0)
    return tuple(
        Submission(
            (message.key, number),
            SubmitSm(
                source=source[0],
                source_ton=_chosen(account.source_ton, source[1]),
                source_npi=_chosen(account.source_npi, source[2]),
                destination=to.digits,
                destination_ton=_chosen(account.destination_ton, to.ton),
                destination_npi=_chosen(account.destination_npi, to.npi),
                short_message=body.octets,
                esm_class=body.esm_class,
                data_coding=codings[segments.encoding.name],
                service_type=account.service_type,
                validity_period=relative_time(message.validity_minutes),
                registered_delivery=1 if account.receipts else 0,
                tlvs=body.tlvs,
            ),
        )
        for number, body in enumerate(bodies(segments, account.joining, reference), start=1)
    )


def _chosen(fixed: int | None, usual: int) -> int:
    return usual if fixed is None else fixed
