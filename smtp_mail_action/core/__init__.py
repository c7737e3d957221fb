"""The rules of sending e-mail, without Odoo, network, clock or chance.

================  ==================================================================================
module            what it gives
================  ==================================================================================
addresses         ``mailbox`` → ``Mailbox`` (IDN, SMTPUTF8 need), or an ``AddressError`` with reason
address_lists     ``parse_addresses`` of lists as people write them: ``Parsed(mailboxes, problems)``
addressees        ``Envelope`` of a record, and ``divide`` into e-mails by language and time zone
headers           ``check_header(s)``: no line break in any header
replies           ``Reply``: code, enhanced status code, text
classification    ``classify(stage, reply)``: whose fault it is, and what follows
reasons           key → words and advice, for everything that can go wrong
results           ``SendResult``: what a transport reports, recipient by recipient
delivery          ``Delivery``: queued, sending, sent, refused, deferred, in doubt, bounced
bounce            messages that come back: failures among them, to whom and why
schedule          ``RetrySchedule``: back-off up to a maximum age
throttle          ``Throttle``: rates per account and per domain
account           ``Account`` and ``Secret``
providers         settings of known providers
configuration     ``[smtp:<name>]`` sections and Odoo's ``--smtp`` options → accounts
errors            the tree
================  ==================================================================================
"""
