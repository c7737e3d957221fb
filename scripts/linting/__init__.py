"""The linters of `make lint`; which one does what: docs/decisions/0002-lint-tools.md."""
