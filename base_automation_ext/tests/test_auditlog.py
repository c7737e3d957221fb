"""OCA's audit log keeps auditing beside automation rules (P2)."""

from odoo.tests import tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestAuditlog(RuleCase):
    """Needs the addon ``auditlog``."""

    def setUp(self):
        super().setUp()
        if "auditlog.rule" not in self.env:
            self.skipTest("the addon auditlog is not installed")

    def audit(self):
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
            }
        )
        rule.set_to_confirmed()
        self.addCleanup(self.unpatch)
        return rule

    def unpatch(self):
        """Take the audit's patches off, whatever became of its rule."""
        model_class = self.env.registry["res.partner"]
        for name in ("write", "auditlog_ruled_write"):
            if name in model_class.__dict__:
                delattr(model_class, name)

    def logged(self, partner):
        return self.env["auditlog.log"].search_count(
            [
                ("model_id", "=", self.partner_model.id),
                ("res_id", "=", partner.id),
                ("method", "=", "write"),
            ]
        )

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
