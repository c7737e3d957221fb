"""What workflows cost, in SQL statements."""

from odoo.tests import tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestCost(WorkflowCase):
    def test_a_hop_of_a_thousand_records(self):
        """The number of statements does not depend on the number of records."""
        self.flow(
            "draft* -confirm-> check; check -> sale; check -> wait; sale -done-> done!",
            edges={
                "check>sale": {"condition": "ref"},
                "check>wait": {"condition_domain": "[('ref', '=', False)]"},
            },
        )
        few, many = self.partners(10), self.partners(1000)
        few[:5].ref = many[:500].ref = "x"
        small = self.queries_of(lambda: few.signal_workflow("confirm"))
        large = self.queries_of(lambda: many.signal_workflow("confirm"))
        self.assertLessEqual(large, 30)
        self.assertLessEqual(large, small + 3)
        self.assertEqual(self.where(many[0]), ["sale"])
        self.assertEqual(self.where(many[-1]), ["wait"])
        hop = self.queries_of(lambda: many[:500].signal_workflow("done"))
        self.assertLessEqual(hop, 10)

    def test_a_model_without_workflow_pays_nothing(self):
        self.flow("a* -go-> b!")
        bank = self.env["res.bank"].create({"name": "Bank"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            bank.name = "Other"
            bank.flush_recordset()

    def test_a_write_that_no_transition_asks_about_costs_nothing(self):
        self.flow("a* -go-> b; b -> c!", edges={"b>c": {"condition": "ref == 'x'"}})
        partner = self.partners()
        partner.signal_workflow("go")
        self.env.flush_all()
        without = self.queries_of(lambda: partner.write({"function": "1"}))
        partner.delete_workflow()
        self.assertEqual(self.queries_of(lambda: partner.write({"function": "2"})), without)

    def test_a_write_that_lets_nothing_move_asks_once(self):
        self.flow("a* -> b!", edges={"a>b": {"condition": "ref == 'x'"}})
        inside = self.partners()
        outside = self.partners()
        outside.delete_workflow()
        self.env["workflow"].search([]).active = False
        plain = self.queries_of(
            lambda: inside.with_context(automation_skip=True).write({"ref": "1"})
        )
        self.assertLessEqual(self.queries_of(lambda: inside.write({"ref": "2"})), plain + 1)
        self.assertLessEqual(self.queries_of(lambda: outside.write({"ref": "2"})), plain + 1)

    def test_a_write_whose_values_decide_asks_the_database_nothing(self):
        """Wherever the record is; what its values let go goes all the same."""
        self.flow("a* -go-> b; b -> c!", edges={"b>c": {"condition": "ref == 'x'"}})
        partner = self.partners()
        partner.signal_workflow("go")
        plain = partner.with_context(automation_skip=True)
        plain.write({"ref": "1"})
        partner.write({"ref": "2"})
        without = self.queries_of(lambda: plain.write({"ref": "3"}))
        self.assertEqual(self.queries_of(lambda: partner.write({"ref": "4"})), without)
        partner.ref = "x"
        self.assertEqual(self.where(partner), ["c"])

    def test_creating_a_thousand_records(self):
        self.flow("a* -go-> b!")
        few = self.queries_of(lambda: self.partners(10))
        many = self.queries_of(lambda: self.partners(100))
        self.assertLessEqual(many, few + 10)
