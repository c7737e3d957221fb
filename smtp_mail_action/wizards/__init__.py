from . import server_action_email_preview
