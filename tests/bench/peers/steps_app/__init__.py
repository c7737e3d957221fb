"""The workflows of the peer, as an application of Django."""
