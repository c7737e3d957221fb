"""``object_upsert``: update the record with these values, or create it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestObjectUpsert(EngineCase):
    """Records are recognized by a set of fields; one query finds them all."""

    def _action(self, keys=("ref",), **lines):
        lines = {"ref": ("'U%s' % record.color", "equation"), **lines}
        return self.new_action(
            "object_upsert",
            upsert_field_ids=[Command.set([self.field(name).id for name in keys])],
            value_line_ids=[
                Command.create(
                    {"field_id": self.field(name).id, "value": value, "value_type": value_type}
                )
                for name, (value, value_type) in lines.items()
            ],
        )

    def _upserted(self):
        return (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("ref", "=like", "U%")], order="ref, id")
        )

    def test_missing_records_are_created_and_existing_ones_updated(self):
        """One of four exists already."""
        existing = self.env["res.partner"].create({"name": "Before", "ref": "U2"})
        action = self._action(name=("name", "path"))
        self.assertFalse(self.run_on(action, self.partners))
        found = self._upserted()
        self.assertEqual(found.mapped("ref"), ["U0", "U1", "U2", "U3"])
        self.assertEqual(found[2], existing)
        self.assertEqual(found.mapped("name"), self.partners.mapped("name"))

    def test_running_twice_changes_nothing_more(self):
        """The second run neither creates nor writes."""
        action = self._action(name=("name", "path"), color=("3", "value"))
        self.run_on(action, self.partners)
        first = self._upserted()
        calls = []
        original = type(first).write
        self.patch(
            type(first),
            "write",
            lambda partners, vals: calls.append(vals) or original(partners, vals),
        )
        self.run_on(action, self.partners)
        self.assertEqual(self._upserted(), first)
        self.assertEqual(calls, [])

    def test_only_what_differs_is_written(self):
        """Equal differences share a write."""
        action = self._action(name=("name", "path"), color=("3", "value"))
        self.run_on(action, self.partners)
        found = self._upserted()
        found[1:3].color = 7
        calls = []
        original = type(found).write
        self.patch(
            type(found),
            "write",
            lambda partners, vals: calls.append((partners, vals)) or original(partners, vals),
        )
        self.run_on(action, self.partners)
        self.assertEqual(calls, [(found[1:3], {"color": 3})])

    def test_links_that_exist_are_not_written_again(self):
        """Commands are compared with what the record holds."""
        tag = self.env["res.partner.category"].create({"name": "T"})
        action = self._action(name=("name", "path"), category_id=(str(tag.id), "value"))
        self.run_on(action, self.partner)
        self.assertEqual(self._upserted().category_id, tag)
        self.patch(type(self.partner), "write", lambda *_args: self.fail("nothing differs"))
        self.run_on(action, self.partner)

    def test_an_archived_record_is_recognized(self):
        """Creating a second one is never meant."""
        archived = self.env["res.partner"].create({"name": "A", "ref": "U0", "active": False})
        self.run_on(self._action(name=("name", "path")), self.partner)
        self.assertEqual(self._upserted(), archived)
        self.assertEqual(archived.name, "Partner 0")

    def test_several_fields_recognize_a_record(self):
        """All of them have to be equal."""
        Partner = self.env["res.partner"]
        Partner.create({"name": "Partner 0", "ref": "U1"})
        exact = Partner.create({"name": "Partner 1", "ref": "U1"})
        action = self._action(
            keys=("ref", "name"), name=("name", "path"), function=("hit", "value")
        )
        self.run_on(action, self.partners[:2])
        self.assertEqual(exact.function, "hit")
        self.assertEqual(len(self._upserted()), 3)

    def test_a_key_twice_in_one_batch_is_one_record(self):
        """The later values win."""
        action = self._action(name=("name", "path"))
        action.value_line_ids.filtered(lambda line: line.field_name == "ref").write(
            {"value_type": "value", "value": "U9"}
        )
        self.run_on(action, self.partners)
        self.assertEqual(self._upserted().mapped("name"), ["Partner 3"])

    def test_the_record_is_kept_whether_new_or_not(self):
        """Both the updated and the created one end in the field chosen."""
        existing = self.env["res.partner"].create({"name": "Before", "ref": "U1"})
        action = self._action(name=("name", "path"))
        action.record_field_id = self.field("parent_id")
        self.run_on(action, self.partners[:2])
        self.assertEqual(self.partners[1].parent_id, existing)
        self.assertEqual(self.partners[0].parent_id.ref, "U0")

    def test_several_records_with_one_key_are_an_error(self):
        """The message names the key."""
        self.env["res.partner"].create([{"name": "A", "ref": "U0"}, {"name": "B", "ref": "U0"}])
        with self.assertRaisesRegex(UserError, r"several Contact with Reference = U0"):
            self.run_on(self._action(name=("name", "path")), self.partner)

    def test_an_empty_key_is_an_error(self):
        """An empty value recognizes nothing."""
        action = self._action(name=("name", "path"))
        action.value_line_ids.filtered(lambda line: line.field_name == "ref").value = "False"
        with self.assertRaisesRegex(UserError, r"made from “Partner 0”: Reference is empty"):
            self.run_on(action, self.partner)

    def test_the_fields_must_have_values_and_types_that_compare(self):
        """A mistake is refused when saved."""
        with self.assertRaisesRegex(ValidationError, "by which fields"):
            self._action(keys=())
        with self.assertRaisesRegex(ValidationError, "gives it no value"):
            self._action(keys=("name",))
        with self.assertRaisesRegex(ValidationError, "cannot be compared safely"):
            self._action(keys=("comment",), comment=("x", "value"))

    def test_lines_may_come_after_the_action(self):
        """As in a data file; until then the action warns and does not run."""
        action = self.new_action(
            "object_upsert", upsert_field_ids=[Command.set(self.field("ref").ids)]
        )
        self.assertIn("gives it no value", action.warning)
        self.env["server.action.value"].create(
            [
                {"action_id": action.id, "field_id": self.field(name).id, "value": value}
                for name, value in [("name", "Late"), ("ref", "U5")]
            ]
        )
        self.assertFalse(action.warning)
        self.run_on(action, self.partner)
        self.assertEqual(self._upserted().mapped("ref"), ["U5"])

    def test_the_run_says_how_many_were_created_and_updated(self):
        """The step of the run log counts."""
        self.env["res.partner"].create({"name": "Before", "ref": "U1"})
        self.env["res.partner"].create({"name": "Partner 2", "ref": "U2"})
        action = self._action(name=("name", "path"))
        action.log_level = "all"
        self.run_on(action, self.partners)
        step = self.env["server.action.step"].search(
            [("action_type", "=", "object_upsert")], order="id desc", limit=1
        )
        self.assertEqual(step.messages, ["2 created, 1 updated, 1 unchanged"])

    def test_one_query_finds_all_records(self):
        """The number of queries does not grow with the batch."""
        action = self._action(name=("name", "path"))
        action.log_level = "off"
        many = self.env["res.partner"].create(
            [{"name": "N", "color": 100 + number} for number in range(40)]
        )
        self.run_on(action, many)
        counts = []
        for records in (many[:5], many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.run_on(action, records)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_forgotten_keys_are_removed(self):
        """Keys stay for a day."""
        Lock = self.env["server.action.upsert.lock"]
        Lock._take({"old", "new"})
        Lock.search([("key_hash", "=", "old")]).used_on = fields.Datetime.now() - timedelta(days=2)
        self.env.flush_all()
        Lock._gc_keys()
        self.env.invalidate_all()
        self.assertEqual(
            Lock.search([("key_hash", "in", ["old", "new"])]).mapped("key_hash"), ["new"]
        )
