"""The long-lived process that holds the sessions of SMPP gateways: ``odoo-bin sms_gateway``.

===============  ================================================================================
``supervisor``   the main thread: which sessions this process holds, and when it ends
``holder``       one thread for each session: sends what is queued, takes what is delivered
``watch``        this process' own connections: whose sessions they are, and waking up
``board``        what is told about the sessions on the gateways' forms
===============  ================================================================================

It has no queue of its own: messages leave through the same courier as in the scheduled action.
"""
