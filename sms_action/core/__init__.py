"""Text messages without Odoo, network, clock or chance: everything about them that can be reckoned.

What models, widgets and transports use, by question:

=====================================  =====================================================
How many parts, and which?             ``segments.split``, ``segments.check``
Can it be shorter?                     ``transliterate.transliterate``
Who is it for, who is it from?         ``numbers.parse_number``, ``parse_sender``, ``check_line``
What is sent?                          ``message.Message``
What became of an attempt?             ``outcome.Outcome`` and its ``Fate``
Where is a part, where a message?      ``delivery.after_attempt``, ``advance``, ``of_message``
Which report belongs to which part?    ``receipts.parse_receipt``, ``receipts.id_forms``
How fast may it go?                    ``throttle.Throttle``
What may be logged?                    ``masking.mask``
=====================================  =====================================================

Gateways over SMPP: ``smpp.account.SmppAccount`` and ``smpp.submissions.submissions``. Gateways over
HTTP: ``http.account.HttpAccount``, ``http.description.HttpDescription``, ``http.presets.presets``;
their reports: ``http.callback.check_callback``, then ``read_callback``. Errors: ``errors``.

The sending itself is in ``sms_action.transports``.
"""
