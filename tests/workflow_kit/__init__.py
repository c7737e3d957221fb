"""What the tests of the workflow core share: a notation for definitions, and a caller of the core."""
