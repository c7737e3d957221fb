from . import rule_subscriber
from . import base_automation
from . import ir_actions_server
from . import old_values
from . import onchange
from . import rule_policy
from . import rule_trigger
from . import trigger_field_change
