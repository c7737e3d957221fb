"""Clickatell, Platform API.

https://docs.clickatell.com/channels/sms-channels/sms-api-reference/; states in words:
https://docs.clickatell.com/channels/one-api/one-api-message-status-table/
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
        error_code="messages.*.errorCode | errorCode",
        error_text="messages.*.error | error",
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
        # The word says which of two lists of numbers is meant; those that both have say least.
        state="status | statusCode",
        states={
            "queued": State.ACCEPTED,
            "scheduled": State.ACCEPTED,
            "sent_to_supplier": State.ENROUTE,
            "device_ack": State.DELIVERED,
            "received_by_recipient": State.DELIVERED,
            "read": State.DELIVERED,
            "expired": State.EXPIRED,
            "stopped_by_user": State.DELETED,
            "stopped_by_admin": State.DELETED,
            "delivery_failure": State.UNDELIVERED,
            "insufficient_account_balance": State.UNDELIVERED,
            "volume_limit": State.UNDELIVERED,
            "volume_limit_daily": State.UNDELIVERED,
            "volume_limit_monthly": State.UNDELIVERED,
            "recipient_does_not_exist": State.UNDELIVERED,
            "routing_error": State.UNDELIVERED,
            **dict.fromkeys(("2", "002", "3", "8", "008"), State.ACCEPTED),
            **dict.fromkeys(("003", "4", "11", "011"), State.ENROUTE),
            "004": State.DELIVERED,
            "006": State.DELETED,
            **dict.fromkeys(("005", "7", "007", "9", "009"), State.UNDELIVERED),
            **dict.fromkeys(("12", "012", "23", "100"), State.UNDELIVERED),
            **dict.fromkeys(("10", "010", "14", "014", "20"), State.EXPIRED),
        },
        error="errorCode",
    ),
)
