"""Clickatell, Platform API.

https://docs.clickatell.com/channels/sms-channels/sms-api-reference/
"""

from __future__ import annotations

from ...delivery import State
from ...outcome import Fate
from ..description import JSON, CallbackRules, HttpDescription, ReplyRules

PRESET = HttpDescription(
    name="clickatell",
    label="Clickatell",
    url="https://platform.clickatell.com/messages",
    format=JSON,
    parameters={
        "content": "{text}",
        "to": ["{to_digits}"],
        "from": "{sender_digits}",
        "clientMessageId": "{reference}",
        "validityPeriod": "{validity_minutes}",
        "charset": "UTF-8",
    },
    headers={"Authorization": "{secret}", "Accept": "application/json"},
    # https://docs.clickatell.com/channels/sms-channels/sms-api-reference/ (account balance)
    test_url="https://platform.clickatell.com/public-client/balance",
    reply=ReplyRules(
        provider_id="messages.*.apiMessageId",
        code="messages.*.accepted",
        ok_codes=("true",),
        error_code="messages.*.errorCode",
        error_text="messages.*.error",
        fates={
            "1": Fate.GATEWAY,  # invalid or missing key
            "2": Fate.GATEWAY,  # account not active
            "3": Fate.GATEWAY,  # integration not active
            "7": Fate.GATEWAY,  # address of this server not approved
            "19": Fate.RETRY,  # internal error, please retry
            "20": Fate.GATEWAY,  # no credit
            "43": Fate.RETRY,  # rate limit, under HTTP status 400
        },
    ),
    callback=CallbackRules(
        provider_id="messageId",
        reference="clientMessageId",
        state="statusCode",
        states={
            "002": State.ACCEPTED,
            "2": State.ACCEPTED,
            "003": State.ENROUTE,
            "3": State.ENROUTE,
            "004": State.DELIVERED,
            "4": State.DELIVERED,
            "005": State.UNDELIVERED,
            "5": State.UNDELIVERED,
            "006": State.DELETED,
            "6": State.DELETED,
            "007": State.UNDELIVERED,
            "7": State.UNDELIVERED,
            "008": State.ACCEPTED,
            "8": State.ACCEPTED,
            "009": State.UNDELIVERED,
            "9": State.UNDELIVERED,
            "010": State.EXPIRED,
            "10": State.EXPIRED,
            "011": State.ENROUTE,
            "11": State.ENROUTE,
            "012": State.UNDELIVERED,
            "12": State.UNDELIVERED,
            "014": State.EXPIRED,
            "14": State.EXPIRED,
        },
        error="errorCode",
    ),
)
