from . import ir_actions_server_email
from . import ir_actions_server_email_addresses
from . import ir_actions_server_email_text
from . import ir_actions_server_email_attachments
from . import ir_actions_server_email_check
from . import ir_actions_server_email_import
from . import mail_mail_bcc
