"""What ``scripts/test`` is made of; see ``docs/testing.md``."""
