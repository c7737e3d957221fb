"""Builders shared by the tests of e-mail actions."""

from odoo.addons.server_action_engine.tests.common import EngineCase


class EmailCase(EngineCase):
    """E-mail actions on partners; nothing leaves, since tests disable Odoo's sending."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.partner_id.email = "clerk@example.com"
        cls.env.user.tz = "UTC"
        for number, partner in enumerate(cls.partners):
            partner.write({"email": f"p{number}@example.com", "lang": "en_US", "tz": "UTC"})

    @classmethod
    def new_email(cls, **values):
        """Create an e-mail action on partners, written to their own address."""
        defaults = {"email_to": "email", "email_subject": "Hello [[ object.name ]]"}
        return cls.new_action("email", **{**defaults, **values})

    def mails_of(self, action, records=None, **context):
        """Run the action and return the outgoing mails it made, oldest first."""
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.run_on(action, self.partner if records is None else records, **context)
        return self.env["mail.mail"].search([("id", ">", before)], order="id")

    def last_run(self, action):
        """Return the newest run of an action."""
        return self.env["server.action.run"].search(
            [("action_id", "=", action.id)], order="id desc", limit=1
        )

    def told(self, action):
        """Return the messages of the newest run of an action as one text."""
        steps = self.last_run(action).step_ids
        return "\n".join(line for step in steps for line in step.messages or ())
