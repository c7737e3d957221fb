"""The examples people build with values, on models every database has."""

from odoo import Command
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestValueExamples(EngineCase):
    """Written as their authors write them."""

    def _lines(self, model, /, **values):
        return [
            Command.create(
                {"field_id": self.field(name, model).id, "value_type": value_type, "value": value}
            )
            for name, (value_type, value) in values.items()
        ]

    def _xml_id(self, record, name):
        self.env["ir.model.data"].create(
            {"module": "sale", "name": name, "model": record._name, "res_id": record.id}
        )

    def test_vip_order(self):
        """Amount over a limit: set the priority, add a tag by external id."""
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        kept = self.env["res.partner.category"].create({"name": "Kept"})
        self._xml_id(tag, "tag_vip")
        self.partners.category_id = kept
        action = self.new_action(
            "object_write",
            condition="record.color > 1",
            value_line_ids=self._lines(
                "res.partner",
                type=("value", "'delivery'"),
                category_id=("value", "ref('sale.tag_vip')"),
            ),
        )
        self.run_on(action, self.partners)
        self.assertEqual(
            self.partners.mapped("type"), ["contact", "contact", "delivery", "delivery"]
        )
        self.assertEqual(
            [partner.category_id for partner in self.partners],
            [kept, kept, kept | tag, kept | tag],
        )

    def test_implementation_task(self):
        """Create a record: name from text and record, links by reference and from the record."""
        title = self.env["res.partner"].create({"name": "Project"})
        self._xml_id(title, "project_implementation")
        self.partner.comment = "<p>Big one</p>"
        action = self.new_action(
            "object_create",
            value_line_ids=self._lines(
                "res.partner",
                name=("equation", "'Implementation: ' + record.name"),
                parent_id=("equation", "ref('sale.project_implementation')"),
                user_id=("equation", "user.id"),
                color=("equation", "record.id"),
                comment=("path", "comment"),
            ),
        )
        self.run_on(action, self.partner)
        made = title.child_ids
        self.assertEqual(made.name, "Implementation: Partner 0")
        self.assertEqual(made.user_id, self.env.user)
        self.assertEqual(made.color, self.partner.id)
        self.assertEqual(made.comment, "<p>Big one</p>")

    def test_us_leads(self):
        """A filter on the country, user and team by reference."""
        self.partners[:2].country_id = self.env.ref("base.us")
        action = self.new_action(
            "object_write",
            condition_domain="[('country_id.code', '=', 'US')]",
            value_line_ids=self._lines(
                "res.partner",
                user_id=("equation", "ref('base.user_admin')"),
                company_id=("reference", "base.main_company"),
            ),
        )
        self.run_on(action, self.partners)
        admin = self.env.ref("base.user_admin")
        self.assertEqual(
            [partner.user_id for partner in self.partners],
            [admin, admin, self.env["res.users"], self.env["res.users"]],
        )

    def test_event_history(self):
        """OpenERP's create object: a mapping, and a field that keeps the new record's id."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.env["ir.model"]._get_id("mail.message"),
            record_field_id=self.field("color").id,
            value_line_ids=self._lines(
                "mail.message",
                subject=("value", "History"),
                model=("equation", "object._name"),
                res_id=("equation", "str(object.id)"),
                body=("template", "<p>[[ object.name ]] was confirmed</p>"),
                date=("value", "now"),
            ),
        )
        self.run_on(action, self.partners[:2])
        messages = self.env["mail.message"].browse(self.partners[:2].mapped("color"))
        self.assertEqual(messages.mapped("res_id"), self.partners[:2].ids)
        self.assertEqual(messages[1].body, "<p>Partner 1 was confirmed</p>")

    def test_additional_information(self):
        """OpenERP's write object: the same mapping on the same object."""
        action = self.new_action(
            "object_write",
            write_expression="object.id",
            value_line_ids=self._lines(
                "res.partner",
                ref=("equation", "'%s/%s' % (object.name, time.strftime('%Y'))"),
                is_company=("value", "True"),
            ),
        )
        self.run_on(action, self.partners)
        self.assertRegex(self.partners[2].ref, r"^Partner 2/\d{4}$")
        self.assertTrue(all(self.partners.mapped("is_company")))
