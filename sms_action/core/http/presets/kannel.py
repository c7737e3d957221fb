"""Kannel, the open source gateway: its smsbox.

https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html, chapter 6 and section 5.1
"""

from __future__ import annotations

from ...delivery import State
from ...outcome import Fate
from ..description import QUERY, CallbackRules, HttpDescription, ReplyRules

PRESET = HttpDescription(
    name="kannel",
    label="Kannel",
    url="{server}/cgi-bin/sendsms",
    method="GET",
    format=QUERY,
    parameters={
        "username": "{account}",
        "password": "{secret}",
        "to": "{to}",
        "from": "{sender}",
        "text": "{text}",
        "charset": "UTF-8",
        # 0 is the GSM alphabet, 2 is UCS-2.
        "coding": "{coding}",
        # Delivered, failed, buffered, taken by the SMSC, refused by it.
        "dlr-mask": "31",
        "dlr-url": "{callback_url}{callback_join}reference={reference}&state=%d",
        "validity": "{validity_minutes}",
    },
    options={"server": "address of the smsbox, such as https://kannel.example.com:13013"},
    reply=ReplyRules(
        format="text",
        code=r"\A(\d+):\s",
        ok_codes=("0", "3"),
        error_code=r"\A(\d+):\s",
        error_text=r"\A([ -~]{1,200})",
        status_fates={503: Fate.RETRY},
    ),
    callback=CallbackRules(
        reference="reference",
        state="state",
        states={
            "1": State.DELIVERED,
            "2": State.UNDELIVERED,
            "4": State.ENROUTE,
            "8": State.ACCEPTED,
            "16": State.REJECTED,
        },
    ),
)
