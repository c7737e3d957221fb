"""Twilio, Programmable Messaging.

https://www.twilio.com/docs/messaging/api/message-resource and …/docs/api/errors
"""

from __future__ import annotations

from ...delivery import State
from ...outcome import Fate
from ..description import TWILIO, CallbackRules, HttpDescription, ReplyRules

PRESET = HttpDescription(
    name="twilio",
    label="Twilio",
    url="https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json",
    parameters={
        "To": "{to}",
        "From": "{sender}",
        "Body": "{text}",
        "StatusCallback": "{callback_url}",
        "ValidityPeriod": "{validity_seconds}",
    },
    basic_auth=True,
    # https://www.twilio.com/docs/iam/api/account
    test_url="https://api.twilio.com/2010-04-01/Accounts/{account}.json",
    reply=ReplyRules(
        provider_id="sid",
        error_code="code",
        error_text="message",
        fates={
            "20003": Fate.GATEWAY,  # authentication
            "20005": Fate.GATEWAY,  # account not active
            "20429": Fate.RETRY,  # too many requests
            "21606": Fate.GATEWAY,  # the sender is not this account's
            "21660": Fate.GATEWAY,  # the sender is another account's
            "30001": Fate.RETRY,  # queue overflow
        },
    ),
    callback=CallbackRules(
        check=TWILIO,
        provider_id="MessageSid",
        state="MessageStatus",
        states={
            "accepted": State.ACCEPTED,
            "scheduled": State.ACCEPTED,
            "queued": State.ACCEPTED,
            "sending": State.ACCEPTED,
            "sent": State.ENROUTE,
            "delivered": State.DELIVERED,
            "read": State.DELIVERED,
            "undelivered": State.UNDELIVERED,
            "failed": State.FAILED,
            "canceled": State.DELETED,
        },
        error="ErrorCode",
    ),
)
