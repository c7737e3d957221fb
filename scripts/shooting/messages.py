"""The pictures of e-mails and text messages, as the demo has sent them."""

ACTIONS = "server_action_engine.ir_actions_server_action"


def email_action(page, client, path):
    """An action that writes an e-mail, with its account, recipients and text."""
    _open_action(page, client, "email")
    page.screenshot(path)


def email_preview(page, client, path):
    """The e-mail as a customer would get it."""
    _open_action(page, client, "email")
    page.click(".oe_stat_button:has(.fa-envelope-open-o)")
    page.wait_for(".modal .o_field_widget[name='preview']")
    page.wait_at_rest()
    page.screenshot(path)


def email_deliveries(page, _client, path):
    """What became of e-mails, recipient by recipient."""
    page.open_action("smtp_mail_action.mail_mail_delivery_action")
    page.screenshot(path)


def sms_gateway(page, client, path):
    """A gateway over SMPP."""
    [gateway] = client.call("sms.gateway", "search", [("kind", "=", "smpp")], limit=1)
    page.open_action("sms_action.sms_gateway_action", gateway)
    page.screenshot(path)


def sms_deliveries(page, client, path):
    """A text message with its parts, and what the phone has reported."""
    delivered = client.call("sms.message", "search", [("state", "=", "delivered")], limit=1)[0]
    page.open_action("sms_action.sms_message_action", delivered)
    page.screenshot(path)


def _open_action(page, client, state):
    action = client.call("ir.actions.server", "search", [("state", "=", state)], limit=1)[0]
    page.open_action(ACTIONS, action)


SHOTS = {
    "email-action": email_action,
    "email-preview": email_preview,
    "email-deliveries": email_deliveries,
    "sms-gateway": sms_gateway,
    "sms-delivery": sms_deliveries,
}
