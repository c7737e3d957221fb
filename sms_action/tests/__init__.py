from . import test_install
from . import test_sending
from . import test_fallback
from . import test_reports
