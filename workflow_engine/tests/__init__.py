from . import test_tokens
