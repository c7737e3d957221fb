"""Cases with processes of their own: servers, gateways, mail servers on loopback."""

from . import (
    linear,
    mail_queue,
    pickup,
    sms_gateways,
    sms_queue,
    smtp_sessions,
    throughput,
    timed_rules,
    workflow_peer,
)

_CASES = (throughput.CASE, pickup.CASE, linear.CASE, smtp_sessions.CASE, workflow_peer.CASE)
_CASES += (timed_rules.CASE, sms_gateways.SMPP, sms_gateways.HTTP, mail_queue.CASE)
_CASES += (sms_queue.CASE,)
SERVER_CASES = {case.name: case for case in _CASES}
