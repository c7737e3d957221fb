from . import base_automation_due_preview
from . import base_automation_explain
from . import base_automation_test
