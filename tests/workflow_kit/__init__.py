"""What the tests of the workflow core share."""
