"""The answers an explanation gives."""

YES = "yes"
"""Nothing in the way."""
NO = "no"
"""The rule does not run because of this."""
MAYBE = "maybe"
"""It depends on what happens to the record."""
