"""``old``, ``new`` and ``changed`` in the code and conditions of rules."""

from odoo.tests import tagged

from ..models.old_values import OLD_MODEL_KEY, change_names
from .common import RuleCase


@tagged("post_install", "-at_install")
class TestOldValues(RuleCase):
    def test_code_compares_old_and_new(self):
        """Code reads the value before the change, and an unwritten field as it is."""
        partners = self.make_partners(2, function="clerk", phone="1")
        partners[1].function = "chef"
        self.make_rule(
            self.code(
                "record.write({'ref': '%s>%s %s' % (old.function, new.function, old.phone)})"
            ),
            fields=["function"],
        )
        partners.write({"function": "boss"})
        self.assertEqual(partners.mapped("ref"), ["clerk>boss 1", "chef>boss 1"])

    def test_condition_on_the_change_itself(self):
        """A condition of an action may ask what has changed, per record."""
        country = self.env.ref("base.be")
        partners = self.make_partners(3)
        partners[1].country_id = country
        self.make_rule(
            {
                "state": "object_write",
                "update_path": "ref",
                "evaluation_type": "value",
                "value": "moved",
                "condition": "changed('country_id') and not old.country_id",
            },
            trigger="on_write",
        )
        partners[:2].write({"country_id": country.id, "function": "x"})
        partners[2].write({"function": "x"})
        self.assertEqual(partners.mapped("ref"), ["moved", False, False])

    def test_creation_has_no_old_values(self):
        """On creation everything has changed, and there is nothing old."""
        self.make_rule(
            self.code(
                "record.write({'ref': '%s %s %s' % (bool(old), old.function, changed('phone'))})"
            ),
            trigger="on_create",
        )
        self.assertEqual(self.make_partners(1, function="x").ref, "False False True")

    def test_records_of_another_model(self):
        """Old values belong to the records of the rule, not to others with the same id."""
        self.make_rule(
            self.code(f"record.write({{'ref': env.context['{OLD_MODEL_KEY}']}})"),
            fields=["function"],
        )
        partner = self.make_partners(1)
        partner.function = "x"
        self.assertEqual(partner.ref, "res.partner")
        country = self.env.ref("base.be")
        context = {"__action_done": {}, "old_values": {country.id: {"name": "another"}}}
        names = change_names(country.with_context(**context, **{OLD_MODEL_KEY: "res.partner"}))
        self.assertEqual(names["old"].name, country.name)
        self.assertFalse(names["changed"]("name"))
        names = change_names(country.with_context(**context, **{OLD_MODEL_KEY: "res.country"}))
        self.assertEqual(names["old"].name, "another")

    def test_mapped_values(self):
        """Equations and texts of an action that writes several fields know the change."""
        get = self.env["ir.model.fields"]._get
        lines = (
            ("ref", "template", "{{ old.function }}>{{ new.function }}"),
            ("barcode", "equation", "old.function.upper() if changed('function') else 'same'"),
            ("city", "template", "[[ changed('phone') and 'phone' or 'no phone' ]]"),
        )
        self.make_rule(
            {
                "state": "object_write",
                "value_line_ids": [
                    (
                        0,
                        0,
                        {
                            "field_id": get("res.partner", name).id,
                            "value_type": value_type,
                            "value": value,
                        },
                    )
                    for name, value_type, value in lines
                ],
            },
            fields=["function"],
            trigger="on_update",
        )
        partners = self.make_partners(2, function="clerk", phone="1")
        partners[1].with_context(automation_skip=True).function = "chef"
        partners.write({"function": "boss"})
        self.assertEqual(partners.mapped("ref"), ["clerk>boss", "chef>boss"])
        self.assertEqual(partners.mapped("barcode"), ["CLERK", "CHEF"])
        self.assertEqual(partners.mapped("city"), ["no phone"] * 2)

    def test_equation_of_one_field(self):
        self.make_rule(
            {
                "state": "object_write",
                "update_path": "ref",
                "evaluation_type": "equation",
                "value": "'%s>%s %s' % (old.function, new.function, changed('phone'))",
            },
            fields=["function"],
            trigger="on_update",
        )
        partners = self.make_partners(2, function="clerk")
        partners.write({"function": "boss"})
        self.assertEqual(partners.mapped("ref"), ["clerk>boss False"] * 2)

    def mail_rule(self, **vals):
        template = self.env["mail.template"].create(
            {
                "name": "Change",
                "model_id": self.partner_model.id,
                "subject": "{{ old.function }} > {{ new.function }}",
                "body_html": '<p><t t-out="old.function"/>, '
                '<t t-if="changed(\'function\')">changed</t><t t-else="">same</t></p>',
                "email_to": "someone@example.com",
            }
        )
        rule = self.make_rule(
            {"state": "mail_post", "template_id": template.id, "mail_post_method": "email"},
            fields=["function"],
            trigger="on_update",
            **vals,
        )
        return rule, template

    def test_texts_of_emails(self):
        """Each record's own old values, in the subject and in the body."""
        self.mail_rule()
        partners = self.make_partners(2, function="clerk")
        partners[1].with_context(automation_skip=True).function = "chef"
        self.env["mail.mail"].search([]).unlink()
        partners.write({"function": "boss"})
        mails = self.env["mail.mail"].search([], order="res_id")
        self.assertEqual(mails.mapped("subject"), ["clerk > boss", "chef > boss"])
        self.assertIn("clerk, changed", str(mails[0].body_html))

    def test_texts_of_emails_that_wait(self):
        """A rule that waits for quiet keeps the old values its text asks for."""
        rule, _template = self.mail_rule(debounce_number=5)
        partner = self.make_partners(1, function="clerk")
        partner.function = "boss"
        [task] = self.env["server.action.task"].search(
            [("action_id", "=", rule.later_action_id.id)]
        )
        self.assertEqual(task.payload["old"]["function"], "clerk")

    def test_text_outside_of_a_rule(self):
        """A preview shows the values as they are."""
        _rule, template = self.mail_rule()
        partner = self.make_partners(1, function="clerk")
        [subject] = template._render_field("subject", partner.ids).values()
        [body] = template._render_field("body_html", partner.ids).values()
        self.assertEqual(subject, "clerk > clerk")
        self.assertIn("clerk, same", str(body))

    def test_files_are_not_read(self):
        """That a file was written is known; its old content is not."""
        image = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
            b"lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        partner = self.make_partners(1, image_1920=image)
        self.make_rule(
            self.code(
                "old_values = env.context['old_values'][record.id]\n"
                "record.write({'ref': '%s %s' % (old_values['image_1920'], changed('image_1920'))})"
            ),
            fields=["image_1920"],
            trigger="on_update",
        )
        self.env.flush_all()
        self.env.invalidate_all()
        partner.write({"image_1920": image})
        self.assertEqual(partner.ref, "None True")

    def test_unknown_field_is_named_in_the_error(self):
        """Asking for the old value of a field that does not exist says which one."""
        partner = self.make_partners(1)
        self.make_rule(self.code("x = old.nothing"), fields=["function"])
        with self.assertRaisesRegex(ValueError, "nothing"):
            partner.write({"function": "x"})
