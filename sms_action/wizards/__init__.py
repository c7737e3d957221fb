from . import sms_gateway_test
from . import sms_message_resend
from . import server_action_sms_preview
