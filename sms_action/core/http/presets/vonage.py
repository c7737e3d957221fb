"""Vonage, SMS API.

https://developer.vonage.com/en/api/sms and
https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms; reports are those of the
SMS API (https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts), or of the Messages
API (…/en/messages/concepts/messages-status-callbacks), as the account is set up.
"""

from __future__ import annotations

from ...delivery import State
from ...outcome import Fate
from ..description import VONAGE, CallbackRules, HttpDescription, ReplyRules

PRESET = HttpDescription(
    name="vonage",
    label="Vonage",
    url="https://rest.nexmo.com/sms/json",
    parameters={
        "api_key": "{account}",
        "api_secret": "{secret}",
        "to": "{to_digits}",
        "from": "{sender_digits}",
        "text": "{text}",
        "type": "{kind}",
        "client-ref": "{reference}",
        "callback": "{callback_url}",
        # In milliseconds.
        "ttl": "{validity_seconds}000",
    },
    # https://developer.vonage.com/en/api/account
    test_url="https://rest.nexmo.com/account/get-balance?api_key={account}&api_secret={secret}",
    options={"signature_method": "md5hash, md5, sha1, sha256 or sha512, as set up at Vonage"},
    reply=ReplyRules(
        provider_id="messages.*.message-id",
        code="messages.*.status",
        ok_codes=("0",),
        error_text="messages.*.error-text",
        fates={
            "1": Fate.RETRY,  # throttled
            "4": Fate.GATEWAY,  # invalid credentials
            "5": Fate.RETRY,  # internal error, not sent
            "8": Fate.GATEWAY,  # account barred
            "9": Fate.GATEWAY,  # quota: no credit
            "10": Fate.RETRY,  # too many connections
            "11": Fate.GATEWAY,  # account not enabled for HTTP
            "14": Fate.GATEWAY,  # invalid signature
            "32": Fate.GATEWAY,  # secret and signature both required or refused
        },
    ),
    callback=CallbackRules(
        check=VONAGE,
        provider_id="messageId | message_uuid",
        reference="client-ref | client_ref",
        state="status",
        states={
            "accepted": State.ACCEPTED,
            "buffered": State.ENROUTE,
            "delivered": State.DELIVERED,
            "expired": State.EXPIRED,
            "deleted": State.DELETED,
            "failed": State.UNDELIVERED,
            "rejected": State.REJECTED,
            "unknown": State.ACCEPTED,
            # The Messages API's
            "submitted": State.ACCEPTED,
            "undeliverable": State.UNDELIVERED,
            "read": State.DELIVERED,
        },
        error="err-code | error.title",
    ),
)
