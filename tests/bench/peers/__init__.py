"""Programs that our engines are measured against; they run in environments of their own."""
