from . import mail_mail_delivery_resend
