from . import sms_gateway
from . import sms_gateway_choice
from . import sms_gateway_http
from . import sms_gateway_memory
from . import sms_message
from . import sms_message_part
from . import sms_sms
from . import res_company
