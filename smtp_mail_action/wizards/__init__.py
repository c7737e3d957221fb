from . import server_action_email_preview
from . import mail_mail_delivery_resend
