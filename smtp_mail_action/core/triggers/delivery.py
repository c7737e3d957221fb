"""It is known what became of an e-mail at one recipient."""

from __future__ import annotations

from odoo.addons.base_automation_ext.core.triggers.base import AFTER, Group, Trigger, _lt
from odoo.addons.base_automation_ext.core.triggers.registry import register

DELIVERY = Group("delivery", 27, _lt("E-mail Delivery"))


# The base classes belong to another addon: mypy sees Odoo's namespace as untyped.
class _OfDelivery(Trigger):  # type: ignore[misc]
    """The records of the rule are the deliveries: one for each recipient."""

    group = DELIVERY
    filters = frozenset({AFTER})


@register
class OnMailSent(_OfDelivery):
    """A server has taken the message over for the recipient."""

    key = "on_mail_sent"
    icon = "fa-paper-plane-o"
    help = _lt("The mail server has taken an e-mail over. The rule gets the delivery.")


@register
class OnMailRefused(_OfDelivery):
    """A server has refused for good, at once or by a bounce, or the time for attempts is over."""

    key = "on_mail_refused"
    icon = "fa-times-circle-o"
    help = _lt(
        "An e-mail was refused for good, or came back, with a reason. The rule gets the delivery."
    )


@register
class OnMailInDoubt(_OfDelivery):
    """The connection was lost between a message and its answer."""

    key = "on_mail_in_doubt"
    icon = "fa-question-circle-o"
    help = _lt(
        "An e-mail may or may not have arrived, and is not sent again by itself. The rule gets the "
        "delivery."
    )
