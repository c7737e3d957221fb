"""Pictures of the web client for the documentation."""
