from . import test_overrides
