"""Writing a new action type, and checking that every type has what a type needs."""
