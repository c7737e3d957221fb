"""Gateways as Odoo's own code sees providers of SMS."""

from uuid import uuid4

from odoo.addons.sms.tools.sms_api import SmsApiBase

from ..core.delivery import State
from ..core.reasons import words

#: State of a message → what Odoo's providers say of it (``IAP_TO_SMS_STATE_SUCCESS``), or the
#: name of a failure.
_RESULTS = {
    State.ACCEPTED: "success",
    State.ENROUTE: "success",
    State.DELIVERED: "delivered",
    State.REJECTED: "rejected",
    State.UNDELIVERED: "not_delivered",
    State.DELETED: "not_delivered",
    State.EXPIRED: "expired",
    State.IN_DOUBT: "gateway_in_doubt",
    State.FAILED: "gateway_refused",
}
#: Reason → failure, where Odoo has a word for it.
_FAILURES = {
    "missing": "sms_number_missing",
    "unreadable_number": "wrong_number_format",
    "no_country": "wrong_number_format",
    "invalid": "wrong_number_format",
    "landline": "wrong_number_format",
    "premium": "wrong_number_format",
    "number": "wrong_number_format",
}


class GatewayApi(SmsApiBase):
    """Sends by the gateways, within the caller's transaction."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return self.env["sms.sms"]._send_by_gateways(messages, self.company)

    def _get_sms_api_error_messages(self):
        return {
            **super()._get_sms_api_error_messages(),
            "gateway_in_doubt": self.env._(
                "The answer of the gateway was lost: the message may have arrived."
            ),
            "gateway_refused": self.env._("The gateway refused the message."),
            "wrong_number_format": self.env._("No message can go to this number."),
            "sms_number_missing": self.env._("There is no number."),
        }


class ToldApi(SmsApiBase):
    """Knows already what became of the messages; Odoo's bookkeeping follows as after sending."""

    def __init__(self, env, results):
        super().__init__(env)
        self._results = results

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return self._results


def results_of(env, parcels):
    """Return what became of messages, in the form of Odoo's own providers."""
    return [
        {
            "uuid": parcel.uuid,
            "state": result_of(parcel.life),
            "failure_reason": failure_text(env, parcel.life),
        }
        for parcel in parcels
    ]


def result_of(life):
    """Return one word of Odoo's providers for a state."""
    if life.state is State.FAILED:
        return _FAILURES.get(life.reason, "gateway_refused")
    return _RESULTS[life.state]


def failure_text(env, life):
    """Return a sentence for people about what went wrong, False for nothing."""
    if result_of(life) in ("success", "delivered"):
        return False
    text = env._(words(life.reason)) if life.reason else ""
    if not life.reply:
        return text or False
    return env._("%(reason)s (%(reply)s)", reason=text, reply=life.reply)


def parcels_of_batch(env, messages, company):
    """Return what :meth:`sms.message._parcels` needs of messages that are in no queue."""
    return [
        (
            {
                "uuid": one.get("uuid") or uuid4().hex,
                "number": one["number"],
                "text": message["content"],
                "company_id": company.id,
                "sms_id": 0,
            },
            0,
        )
        for message in messages
        for one in message["numbers"]
    ]
