from . import test_accounts
from . import test_delivery
from . import test_delivery_rights
from . import test_install
from . import test_trigger_delivery
