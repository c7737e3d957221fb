from . import models
from . import wizards


def _keep_existing_code_actions(env):
    """Create the column of ``code_scope`` empty, so that no existing action changes its scope."""
    env.cr.execute("ALTER TABLE ir_act_server ADD COLUMN IF NOT EXISTS code_scope varchar")


def _disarm_actions(env):
    """Leave no action behind that would do more than its author said."""
    env["ir.actions.server"].search([])._disarm_without_engine()
