from . import run_log_erase
from . import server_action_dry_run
from . import server_action_import
