from . import models
from . import wizards


def _keep_existing_code_actions(env):
    """Create the column of ``code_scope`` empty, so that no existing action changes its scope."""
    env.cr.execute("ALTER TABLE ir_act_server ADD COLUMN IF NOT EXISTS code_scope varchar")
