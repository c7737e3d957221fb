from . import rule_subscriber
from . import base_automation
from . import ir_actions_server
from . import old_values
from . import onchange
from . import rule_policy
