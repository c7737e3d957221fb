"""SMTP servers on loopback for tests: aiosmtpd, smtp-sink, scripts over a socket, certificates."""
