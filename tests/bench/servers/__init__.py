"""Cases that need a running Odoo server: tasks, and OCA queue_job beside them."""

from . import linear, pickup, smtp_sessions, throughput

_CASES = (throughput.CASE, pickup.CASE, linear.CASE, smtp_sessions.CASE)
SERVER_CASES = {case.name: case for case in _CASES}
