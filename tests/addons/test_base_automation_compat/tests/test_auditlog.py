"""OCA's audit log keeps auditing beside automation rules (P2)."""

from odoo.tests import tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase


@tagged("post_install", "-at_install")
class TestAuditlog(RuleCase):
    def audit(self, **vals):
        """Start auditing updates of partners; stopped at the end of the test."""
        rule = self.env["auditlog.rule"].create(
            {
                "name": "Partners",
                "model_id": self.partner_model.id,
                "log_read": False,
                "log_create": False,
                "log_unlink": False,
                "log_write": True,
                "log_type": "full",
                **vals,
            }
        )
        rule.set_to_confirmed()
        self.addCleanup(self.unpatch)
        return rule

    def unpatch(self):
        """Take the audit's patches off, whatever became of its rule."""
        model_class = self.env.registry["res.partner"]
        for method in ("create", "write", "unlink"):
            for name in (method, f"auditlog_ruled_{method}"):
                if name in model_class.__dict__:
                    delattr(model_class, name)

    def logs(self, partner, method="write"):
        return self.env["auditlog.log"].search(
            [
                ("model_id", "=", self.partner_model.id),
                ("res_id", "=", partner.id),
                ("method", "=", method),
            ]
        )

    def logged(self, partner):
        return len(self.logs(partner))

    def test_audit_and_rules_work_side_by_side(self):
        """Saving, changing and deleting rules leaves the audit in place."""
        partner = self.make_partners(1)
        self.audit()
        partner.write({"comment": "a"})
        self.assertEqual(self.logged(partner), 1)
        rule = self.make_rule(fields=["comment"])
        partner.write({"comment": "b"})
        self.assertEqual(partner.ref, "hit")
        # The audit does not log what happens inside a change it is logging.
        with_rule = self.logged(partner)
        self.assertEqual(with_rule, 2)
        rule.filter_domain = "[('name', '=', 'nobody')]"
        partner.write({"comment": "c"})
        rule.unlink()
        partner.write({"comment": "d"})
        self.assertEqual(self.logged(partner), with_rule + 2)

    def test_end_of_the_audit_leaves_rules_in_place(self):
        """Taking the audit's patches away does not take the rules away."""
        partner = self.make_partners(1)
        self.make_rule(fields=["comment"])
        audit = self.audit()
        audit.set_to_draft()
        partner.write({"comment": "a"})
        self.assertEqual((self.logged(partner), partner.ref), (0, "hit"))

    def test_audit_shows_what_the_rule_wrote(self):
        """The audit stands around the rules: its log of a change has their effect as well."""
        partner = self.make_partners(1)
        self.make_rule(fields=["comment"])
        self.audit()
        partner.write({"comment": "a"})
        lines = {line.field_name: line.new_value_text for line in self.logs(partner).line_ids}
        self.assertEqual(lines.get("ref"), "hit")
        self.assertIn("comment", lines)

    def test_creation_and_deletion_are_audited_beside_rules(self):
        """Rules on new and deleted records run, and the audit has both."""
        self.make_rule(trigger="on_create")
        self.make_rule(
            self.code("env['res.partner'].create({'name': 'Heir of ' + record.name})"),
            trigger="on_unlink",
            filter_domain="[('name', 'not like', 'Heir')]",
        )
        self.audit(log_create=True, log_unlink=True)
        partner = self.make_partners(1)
        self.assertEqual(partner.ref, "hit")
        self.assertTrue(self.logs(partner, "create"))
        partner.unlink()
        self.assertTrue(self.logs(partner, "unlink"))
        heir = self.env["res.partner"].search([("name", "=", "Heir of Partner 0")])
        self.assertTrue(self.logs(heir, "create"), "what a rule creates is audited too")

    def test_rules_work_after_the_registry_was_set_up_again(self):
        """Both find their places again when a module or a field makes Odoo rebuild the models."""
        partner = self.make_partners(1)
        self.make_rule(fields=["comment"])
        self.audit()
        self.registry._setup_models__(self.cr)
        partner.write({"comment": "a"})
        self.assertEqual((self.logged(partner), partner.ref), (1, "hit"))
