from . import base_automation_explain
from . import base_automation_test
