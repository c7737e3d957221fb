from odoo.tests import tagged

from odoo.addons.server_action_engine.tests.common import EngineCase


@tagged("post_install", "-at_install")
class TestPendingRecords(EngineCase):
    def test_a_pending_record_does_not_silence_the_others_in_a_part(self):
        """Text messages of a part leave out the record that is being recomputed, not the batch."""
        template = self.env["sms.template"].create(
            {"name": "Hello", "model_id": self.partner_model.id, "body": "Hello"}
        )
        pending, settled = partners = self.partners[:2]
        pending.phone, settled.phone = "+32 470 00 00 01", "+32 470 00 00 02"
        child = self.new_action("sms", sms_template_id=template.id, sms_method="sms")
        action = self.new_action("multi", child_ids=[(6, 0, child.ids)])
        self.env.flush_all()
        self.env.add_to_compute(partners._fields["complete_name"], pending)
        old_values = {partner.id: {"complete_name": partner.name} for partner in partners}
        self.run_on(action, partners, old_values=old_values)
        messages = self.env["sms.sms"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(messages.partner_id, settled)
