from . import audit_trail
from . import sale_order
