from . import event_listener
from . import event_record
