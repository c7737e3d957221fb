"""MessageBird (Bird), SMS API.

https://developers.messagebird.com/api/sms-messaging/
"""

from __future__ import annotations

from ...delivery import State
from ...outcome import Fate
from ..description import JSON, JWT, CallbackRules, HttpDescription, ReplyRules

PRESET = HttpDescription(
    name="messagebird",
    label="MessageBird",
    url="https://rest.messagebird.com/messages",
    format=JSON,
    parameters={
        "originator": "{sender_digits}",
        "recipients": ["{to_digits}"],
        "body": "{text}",
        "datacoding": "auto",
        "reference": "{reference}",
        "reportUrl": "{callback_url}",
        "validity": "{validity_seconds}",
    },
    headers={"Authorization": "AccessKey {secret}", "Accept": "application/json"},
    # https://developers.messagebird.com/api/balance/
    test_url="https://rest.messagebird.com/balance",
    reply=ReplyRules(
        provider_id="id",
        error_code="errors.*.code",
        error_text="errors.*.description",
        fates={
            "2": Fate.GATEWAY,  # incorrect access key
            "25": Fate.GATEWAY,  # no credit
        },
    ),
    callback=CallbackRules(
        check=JWT,
        provider_id="id",
        reference="reference",
        state="status",
        states={
            "scheduled": State.ACCEPTED,
            "buffered": State.ACCEPTED,
            "sent": State.ENROUTE,
            "delivered": State.DELIVERED,
            "expired": State.EXPIRED,
            "delivery_failed": State.UNDELIVERED,
        },
        error="statusErrorCode",
    ),
)
