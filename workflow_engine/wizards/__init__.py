from . import server_action_import
