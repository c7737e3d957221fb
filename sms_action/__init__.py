from . import controllers
from . import models
from . import wizards


def _disarm_actions(env):
    """Leave no action behind that stock would understand differently, or not at all."""
    texting = env["ir.actions.server"].search([("state", "=", "sms")])
    texting.filtered("sms_is_extended")._on_type_removed("sms")
