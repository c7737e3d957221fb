"""Builders shared by the tests of SMS actions."""

from odoo.addons.server_action_engine.tests.common import EngineCase


class SmsTypeCase(EngineCase):
    """SMS actions on Belgian partners. Nothing leaves: the queue is a scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium, cls.netherlands = cls.env.ref("base.be"), cls.env.ref("base.nl")
        cls.env.company.country_id = cls.belgium
        cls.env.user.tz = "UTC"
        cls.env["sms.gateway"].search([]).active = False
        for number, partner in enumerate(cls.partners):
            partner.write({"phone": f"047012340{number}", "lang": "en_US", "tz": "UTC"})

    @classmethod
    def new_sms(cls, **values):
        """Create an SMS action on partners, sent to their own number."""
        defaults = {"sms_to": "phone", "sms_text": "Hello [[ object.name ]]"}
        return cls.new_action("sms", **{**defaults, **values})

    @classmethod
    def new_template(cls, body="Hi {{ object.name }}", **values):
        return cls.env["sms.template"].create(
            {"name": "Greeting", "model_id": cls.partner_model.id, "body": body, **values}
        )

    @classmethod
    def new_gateway(cls, **values):
        return cls.env["sms.gateway"].create({"name": "Ours", "kind": "memory", **values})

    def messages_of(self, action, records=None, **context):
        """Run the action and return the messages it put into the queue, oldest first."""
        before = self.env["sms.sms"].search([], order="id desc", limit=1).id or 0
        self.run_on(action, self.partner if records is None else records, **context)
        return self.env["sms.sms"].search([("id", ">", before)], order="id")

    def last_run(self, action):
        """Return the newest run of an action."""
        return self.env["server.action.run"].search(
            [("action_id", "=", action.id)], order="id desc", limit=1
        )

    def told(self, action):
        """Return the messages of the newest run of an action as one text."""
        steps = self.last_run(action).step_ids
        return "\n".join(line for step in steps for line in step.messages or ())
