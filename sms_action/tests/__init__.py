from . import test_install
from . import test_sending
from . import test_fallback
from . import test_reports
from . import test_gateway_http
from . import test_callbacks
from . import test_message_rights
from . import test_trigger_sms
