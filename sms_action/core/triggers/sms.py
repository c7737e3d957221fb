"""It is known what became of a text message."""

from __future__ import annotations

from odoo.addons.base_automation_ext.core.triggers.base import AFTER, Group, Trigger, _lt
from odoo.addons.base_automation_ext.core.triggers.registry import register

SMS_DELIVERY = Group("sms_delivery", 28, _lt("SMS Delivery"))


# The base classes belong to another addon: mypy sees Odoo's namespace as untyped.
class _OfMessage(Trigger):  # type: ignore[misc]
    """The records of the rule are the messages."""

    group = SMS_DELIVERY
    filters = frozenset({AFTER})


@register
class OnSmsDelivered(_OfMessage):
    """The phone has every part."""

    key = "on_sms_delivered"
    icon = "fa-mobile"
    help = _lt("The network has reported that the phone has the SMS. The rule gets the SMS.")


@register
class OnSmsFailed(_OfMessage):
    """The gateway or the network has refused it, or its time is over."""

    key = "on_sms_failed"
    icon = "fa-times-circle-o"
    help = _lt(
        "An SMS was refused, could not be delivered, or is too old, with a reason. The rule gets "
        "the SMS."
    )
