from . import test_auditlog
from . import test_domain_semantics
from . import test_old_values
from . import test_pending_records
from . import test_rule_index
from . import test_rule_run
from . import test_direct_run
