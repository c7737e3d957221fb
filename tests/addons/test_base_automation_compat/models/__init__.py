from . import compat_order
