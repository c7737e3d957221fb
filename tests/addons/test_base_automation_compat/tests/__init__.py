from . import test_auditlog
from . import test_base_exception
from . import test_sms_gateways
from . import test_sms_twilio
from . import test_tier_validation
from . import test_website
