"""Gateways with an HTTP interface, described as data: requests, replies and callbacks, no I/O."""
