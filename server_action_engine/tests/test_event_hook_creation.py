"""The event hook around creations: what belongs to one is no change."""

from contextlib import suppress

from odoo.tests import tagged

from .test_event_hook import EventHookCase


@tagged("post_install", "-at_install")
class TestEventHookCreation(EventHookCase):
    """Who hears of creations and of changes hears of a creation once."""

    def kinds(self):
        return [(event["kind"], event["ids"]) for event in self.heard()]

    def test_computations_of_new_records_belong_to_their_creation(self):
        """Neither in the middle of it nor at the end of the transaction are they heard."""
        self.subscribe("create,write")
        records = self.Record.create([{"name": "a", "amount": 1}, {"name": "b", "amount": 2}])
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("create", records.ids)])
        self.assertEqual(records.mapped("double"), [2, 4])

    def test_records_of_a_line_command_belong_to_their_own_creation(self):
        """A record that is created with lines is new also to what the lines have computed."""
        self.subscribe("create,write")
        record = self.Record.create(
            {"name": "a", "child_ids": [(0, 0, {"name": "b"}), (0, 0, {"name": "c"})]}
        )
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("create", record.child_ids.ids), ("create", record.ids)])
        self.assertEqual(record.child_count, 2)

    def test_later_computations_are_changes(self):
        """What is computed because of a later change is heard, also in the same transaction."""
        self.subscribe("create,write", "double")
        record = self.Record.create({"name": "a", "amount": 1})
        self.kinds()
        record.amount = 5
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("compute", record.ids)])

    def test_computations_of_other_records_are_changes(self):
        """What a creation changes in records that existed before is heard of these only."""
        parent = self.Record.create({"name": "parent"})
        self.env.flush_all()
        self.subscribe("create,write", "child_count")
        child = self.Record.create({"name": "child", "parent_id": parent.id})
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("compute", parent.ids), ("create", child.ids)])

    def test_who_hears_of_changes_only_hears_of_the_computations(self):
        """A subscription to updates alone is told as ever."""
        self.subscribe("write", "double")
        self.subscribe("create")
        record = self.Record.create({"name": "a", "amount": 1})
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("compute", record.ids), ("create", record.ids)])

    def test_failed_creation_leaves_nothing_behind(self):
        """After a creation that failed, computations are heard again."""
        self.subscribe("create,write", "double")
        with suppress(ValueError):
            self.Record.create({"no such field": 1})
        record = self.Record.with_context(automation_skip=True).create({"name": "a"})
        self.env.flush_all()
        record.amount = 3
        self.env.flush_all()
        self.assertEqual(self.kinds(), [("compute", record.ids)])

    def test_statements_do_not_grow_with_the_fields_computed_one_by_one(self):
        """Listening adds no statement to a creation whose fields are computed per record."""
        vals = [{"name": f"{number}"} for number in range(20)]
        self.Record.create(vals)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Record.create(vals)
        self.env.flush_all()
        without = self.env.cr.sql_log_count - before
        self.subscribe("create,write")
        self.Record.create(vals)
        self.env.flush_all()
        self.heard()
        before = self.env.cr.sql_log_count
        self.Record.create(vals)
        self.env.flush_all()
        self.assertEqual(len(self.heard()), 1)
        self.assertEqual(self.env.cr.sql_log_count - before, without)
