"""Cases that need a running Odoo server: tasks, and OCA queue_job beside them."""

from . import linear, pickup, throughput

SERVER_CASES = {case.name: case for case in (throughput.CASE, pickup.CASE, linear.CASE)}
