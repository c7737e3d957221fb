"""How rows go to the database."""

from odoo.tests import TransactionCase, tagged

from ..models.workflow_store_columns import Columns
from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestColumns(TransactionCase):
    def rows(self, **columns):
        """Return the rows that PostgreSQL makes of columns, and how many values were sent."""
        item = Columns(columns)
        query = item.sql("SELECT {values} {source} {order}")
        return self.env.execute_query(query), query

    def test_rows_come_back_as_they_were_in_their_order(self):
        numbers, texts = [3, None, 1], ["b, 'c'", 'say "a"', None]
        found, _query = self.rows(n=("int", numbers), t=("varchar", texts))
        self.assertEqual(found, list(zip(numbers, texts, strict=True)))

    def test_what_is_the_same_in_all_rows_is_sent_once(self):
        found, query = self.rows(n=("int", list(range(500))), t=("varchar", ["same"] * 500))
        self.assertEqual(found, [(n, "same") for n in range(500)])
        self.assertEqual(query.params.count("same"), 1)

    def test_equal_rows_are_as_many_as_they_were(self):
        found, _query = self.rows(n=("int", [7, 7, 7]), t=("varchar", [None] * 3))
        self.assertEqual(found, [(7, None)] * 3)

    def test_a_single_row_needs_no_source(self):
        found, query = self.rows(n=("int", [None]), t=("varchar", ["%s {n}"]))
        self.assertEqual(found, [(None, "%s {n}")])
        self.assertNotIn("unnest", query.code)


@tagged("post_install", "-at_install")
class TestStore(WorkflowCase):
    def test_a_hop_of_one_record_is_two_statements(self):
        """Found, locked and read by one, moved and logged by the other."""
        self.flow("a* -go-> b; b -go-> c; c -go-> d")
        partner = self.partners()
        partner.signal_workflow("go")
        self.assertEqual(self.queries_of(lambda: partner.signal_workflow("go")), 2)
        self.assertEqual(self.where(partner), ["c"])

    def test_who_waits_is_read_where_somebody_has_ever_waited(self):
        child = self.flow("x* -end-> y!", values={"name": "Child", "on_create": False})
        parent = self.flow(
            "a* -go-> b; b -subflow.y-> c!", b={"kind": "subflow", "subflow_id": child.id}
        )
        partner, other = self.partners(2)
        child.on_create = True
        other.create_workflow()
        child.on_create = False
        partner.signal_workflow("go")
        awaited = self.instances(partner, child)
        self.assertEqual((awaited.awaited, self.instances(other, child).awaited), (True, False))
        partner.signal_workflow("end")
        self.assertEqual(self.where(partner, parent), ["c"])

    def test_what_the_orm_has_shown_is_read_again(self):
        self.flow("a* -go-> b!")
        partner = self.partners()
        instance = self.instances(partner)
        seen = (instance.state, instance.present, instance.workitem_ids.act_id.name)
        self.assertEqual(seen, ("active", "a", "a"))
        self.assertEqual(instance.activity_ids.name, "a")
        partner.signal_workflow("go")
        seen = (instance.state, instance.present, instance.workitem_ids.act_id.name)
        self.assertEqual(seen, ("complete", "b", "b"))
        self.assertEqual(instance.activity_ids.name, "b")
