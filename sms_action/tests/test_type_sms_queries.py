"""The cost of an SMS action does not grow with the number of its SQL statements."""

from math import ceil

from odoo.tests import tagged

from .type_case import SmsTypeCase


@tagged("post_install", "-at_install")
class TestSmsQueries(SmsTypeCase):
    def statements(self, action, count):
        """Return how many SQL statements a run on ``count`` new partners takes."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Q{n}",
                    "phone": f"+32471{count % 10}{n:05d}",
                    "parent_id": self.partner.id,
                    "country_id": self.belgium.id,
                }
                for n in range(count)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["sms.sms"].search_count([])
        before = self.cr.sql_log_count
        self.run_on(action, partners)
        self.env.flush_all()
        statements = self.cr.sql_log_count - before
        return statements, self.env["sms.sms"].search_count([]) - rows

    def assert_constant(self, **values):
        action = self.new_sms(**values)
        # Fills what is cached for the process: compiled texts, parameters, groups.
        self.statements(action, 2)
        few, few_rows = self.statements(action, 10)
        many, many_rows = self.statements(action, 100)
        self.assertGreater(many_rows, few_rows)
        # Odoo itself inserts 100 rows at a time.
        self.assertEqual(many - few, ceil(many_rows / 100) - ceil(few_rows / 100))

    def test_paths_expressions_and_followers(self):
        """Everything that can be said about numbers and texts."""
        gateway = self.new_gateway()
        self.assert_constant(
            sms_to="phone, parent_id.phone, object.parent_id.child_ids[:1].phone, +32470999999, "
            "followers, user_id",
            sms_text="Dear [[ object.parent_id.name ]], [[ object.create_date ]]",
            sms_sender="[[ object.color or 'Odoo' ]]",
            sms_gateway_id=gateway.id,
        )

    def test_with_notes(self):
        self.assert_constant(sms_method="comment")

    def test_the_own_number_and_a_template(self):
        self.assert_constant(
            sms_to=False,
            sms_text=False,
            sms_gateway_id=self.new_gateway().id,
            sms_template_id=self.new_template("Hi {{ object.parent_id.name }}").id,
        )
