from . import controllers
from . import models
from . import wizards


def _uninstall(env):
    """Leave nothing behind that stock would understand differently, or not at all."""
    _disarm_actions(env)
    _stop_messages(env)


def _stop_messages(env):
    """Let a person decide about what is queued for a gateway, or on its way through one.

    Stock would send it by a provider nobody asked for, and some of it a second time.
    """
    queued = env["sms.sms"].search([("state", "=", "outgoing")])
    known = env["sms.message"].search([("sms_id", "in", queued.ids)]).mapped("sms_id")
    ours = queued._with_gateway() | queued.filtered(lambda sms: sms.id in known)
    ours.action_set_error("unknown")


def _disarm_actions(env):
    texting = env["ir.actions.server"].search([("state", "=", "sms")])
    texting.filtered("sms_is_extended")._on_type_removed("sms")
