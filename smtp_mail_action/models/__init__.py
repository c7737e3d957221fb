from . import ir_mail_server
from . import mail_mail
from . import mail_mail_delivery
from . import mail_mail_delivery_rows
from . import mail_mail_outcome
from . import mail_mail_send
from . import smtp_account
